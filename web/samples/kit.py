"""Materials, shapes, fruit and books that scenes.py builds its pictures of. Runs in Blender."""
import math
import random

import bpy
from mathutils import Matrix, Vector


# --- materials ------------------------------------------------------------------------------------
def material(name, colour, rough=0.5, metal=0.0, glass=0.0, coat=0.0, glow=0.0, subsurface=0.0):
    m = bpy.data.materials.new(name)
    m.use_nodes = True
    b = m.node_tree.nodes["Principled BSDF"]
    b.inputs["Base Color"].default_value = (*colour, 1)
    b.inputs["Roughness"].default_value = rough
    b.inputs["Metallic"].default_value = metal
    b.inputs["Transmission"].default_value = glass
    b.inputs["Clearcoat"].default_value = coat
    b.inputs["Subsurface"].default_value = subsurface
    if subsurface:
        b.inputs["Subsurface Color"].default_value = (*colour, 1)
        b.inputs["Subsurface Radius"].default_value = (0.1, 0.05, 0.03)
    if glow:
        b.inputs["Emission"].default_value = (*colour, 1)
        b.inputs["Emission Strength"].default_value = glow
    return m


def node(m, kind, values=None, **fields):
    """A node of a material: values for its inputs by name or index, a socket among them is
    linked."""
    n = m.node_tree.nodes.new("ShaderNode" + kind)
    for k, v in fields.items():
        setattr(n, k, v)
    for k, v in (values or {}).items():
        if isinstance(v, bpy.types.NodeSocket):
            m.node_tree.links.new(v, n.inputs[k])
        else:
            n.inputs[k].default_value = v
    return n


def where(m, stretch=(1, 1, 1)):
    return node(m, "Mapping", {"Vector": node(m, "TexCoord").outputs["Object"], "Scale": stretch}).outputs[0]


def over(m, colour, share):
    """Lays a colour over the material's as far as the socket share says."""
    base = m.node_tree.nodes["Principled BSDF"].inputs["Base Color"]
    was = base.links[0].from_socket if base.links else tuple(base.default_value)
    mix = node(m, "MixRGB", {0: share, 1: was, 2: (*colour, 1)})
    m.node_tree.links.new(mix.outputs[0], base)
    return m


def raised(m, height, strength):
    """Bumps of a height; those that were there stay."""
    normal = m.node_tree.nodes["Principled BSDF"].inputs["Normal"]
    n = node(m, "Bump", {"Height": height, "Strength": strength, "Distance": 0.02})
    if normal.links:
        m.node_tree.links.new(normal.links[0].from_socket, n.inputs["Normal"])
    m.node_tree.links.new(n.outputs[0], normal)
    return m


def stepped(m, value, lo, hi, top=1.0):
    """0 at lo, top at hi."""
    return node(m, "MapRange", {0: value, 1: lo, 2: hi, 3: 0.0, 4: top}).outputs[0]


def mottled(name, a, b, scale=4.0, rough=0.5, bump=0.0, bumps=60.0, coat=0.0, stretch=(1, 1, 1), detail=6.0, subsurface=0.0):
    """A material between two colours by noise, with small bumps."""
    m = material(name, a, rough, coat=coat, subsurface=subsurface)
    noise = node(m, "TexNoise", {"Vector": where(m, stretch), "Scale": scale, "Detail": detail})
    over(m, b, stepped(m, noise.outputs["Fac"], 0.38, 0.64))
    if bump:
        raised(m, node(m, "TexNoise", {"Vector": where(m), "Scale": bumps}).outputs["Fac"], bump)
    return m


def spotted(m, colour, scale, size, share=1.0, few=0.0, stretch=(1, 1, 1)):
    """Spots of a colour; the share few of them is left out."""
    cells = node(m, "TexVoronoi", {"Vector": where(m, stretch), "Scale": scale})
    near = stepped(m, cells.outputs["Distance"], size, 0.6 * size, share)
    one = node(m, "SeparateXYZ", {0: cells.outputs["Color"]}).outputs[0]
    return over(m, colour, node(m, "Math", {0: near, 1: stepped(m, one, few, few + 0.01)}, operation="MULTIPLY").outputs[0])


def shaded(m, colour, axis, lo, hi, share=1.0):
    """Towards a colour along an axis of the thing (0, 1, 2), from lo to hi."""
    return over(m, colour, stepped(m, node(m, "SeparateXYZ", {0: where(m)}).outputs[axis], lo, hi, share))


def banded(m, colour, axis, at, half, every=0.0):
    """A band of a colour across an axis, or one every so far."""
    c = node(m, "SeparateXYZ", {0: where(m)}).outputs[axis]
    if every:
        c = node(m, "Math", {0: c, 1: every / 2}, operation="PINGPONG").outputs[0]
    return over(m, colour, node(m, "Math", {0: c, 1: at, 2: half}, operation="COMPARE").outputs[0])


def lit(m, colour, axis, lo, hi, dim, bright):
    """Glows: dim at lo, bright at hi, as a shade with a bulb behind."""
    shine = node(m, "MapRange", {0: node(m, "SeparateXYZ", {0: where(m)}).outputs[axis], 1: lo, 2: hi, 3: dim, 4: bright})
    b = m.node_tree.nodes["Principled BSDF"]
    b.inputs["Emission"].default_value = (*colour, 1)
    m.node_tree.links.new(shine.outputs[0], b.inputs["Emission Strength"])
    return m


def pored(m, scale, strength, up=False):
    """Dimples as peel has them, or pebbles."""
    far = node(m, "TexVoronoi", {"Vector": where(m), "Scale": scale}).outputs["Distance"]
    return raised(m, stepped(m, far, 0.0, 0.7, -1.0 if up else 1.0), strength)


def wood(light=(0.3, 0.13, 0.045), dark=(0.09, 0.034, 0.012), rough=0.38, boards=0.0):
    """Stretched noise for the grain."""
    m = mottled("wood", dark, light, scale=2.2, rough=rough, bump=0.12, bumps=25, stretch=(1.2, 14, 1), detail=9)
    return banded(m, tuple(0.3 * v for v in dark), 1, 0, 0.012, boards) if boards else m


def cloth(c):
    return mottled("cloth", tuple(0.72 * v for v in c), c, scale=90, rough=0.95, bump=0.5, bumps=120)


# --- shapes ---------------------------------------------------------------------------------------
def add(obj, mat=None, smooth=True):
    if mat:
        obj.data.materials.clear()
        obj.data.materials.append(mat)
    if smooth and hasattr(obj.data, "polygons"):
        for p in obj.data.polygons:
            p.use_smooth = True
    return obj


def mesh(name, verts, faces, mat, smooth=True):
    data = bpy.data.meshes.new(name)
    data.from_pydata(verts, [], faces)
    obj = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(obj)
    data.update()
    return add(obj, mat, smooth)


def placed(parts, at=(0, 0, 0), turns=()):
    """Turns things about the origin, (angle, axis) by (angle, axis), and moves them."""
    bpy.context.view_layer.update()
    m = Matrix.Translation(at)
    for angle, axis in turns:
        m = m @ Matrix.Rotation(angle, 4, axis)
    for o in parts:
        o.matrix_world = m @ o.matrix_world


def grid(name, rows, mat, smooth=True, closed=False, thick=0.0):
    """A surface through rows of points."""
    n, faces = len(rows[0]), []
    for i in range(len(rows) - (0 if closed else 1)):
        j = (i + 1) % len(rows)
        faces += [(i * n + k, j * n + k, j * n + k + 1, i * n + k + 1) for k in range(n - 1)]
    obj = mesh(name, [p for row in rows for p in row], faces, mat, smooth)
    if thick:
        obj.modifiers.new("thick", "SOLIDIFY").thickness = thick
    return obj


def lathe(profile, mat, around=72, bulge=lambda a, z: 1.0, at=(0, 0, 0), turn=(0, 0, 0), thick=0.0):
    """A profile of (radius, height) turned around the z axis; bulge scales the radius by angle and
    height."""
    rows = []
    for i in range(around):
        a = 2 * math.pi * i / around
        rows.append([(r * bulge(a, z) * math.cos(a), r * bulge(a, z) * math.sin(a), z) for r, z in profile])
    obj = grid("lathe", rows, mat, closed=True, thick=thick)
    obj.location, obj.rotation_euler = at, turn
    sub = obj.modifiers.new("smooth", "SUBSURF")
    sub.levels = sub.render_levels = 1
    return obj


def sweep(points, radii, mat, around=40, edge=lambda a: 1.0):
    """A closed skin along points in a plane of equal z; edge scales its radius by angle."""
    rows = []
    for i in range(around + 1):
        a, row = 2 * math.pi * i / around, []
        for k, p in enumerate(points):
            t = (Vector(points[min(k + 1, len(points) - 1)]) - Vector(points[max(k - 1, 0)])).normalized()
            side = t.cross(Vector((0, 0, 1)))
            row.append(tuple(Vector(p) + radii[k] * edge(a) * (math.cos(a) * side + math.sin(a) * Vector((0, 0, 1)))))
        rows.append(row)
    return grid("sweep", rows, mat)


def tube(points, radius, mat, taper=None, closed=False):
    """A round tube along points."""
    curve = bpy.data.curves.new("tube", "CURVE")
    curve.dimensions, curve.bevel_depth, curve.bevel_resolution, curve.use_fill_caps = "3D", radius, 8, True
    line = curve.splines.new("NURBS")
    line.points.add(len(points) - 1)
    for i, p in enumerate(points):
        line.points[i].co = (*p, 1)
        if taper:
            line.points[i].radius = taper[i]
    line.use_endpoint_u, line.order_u, line.use_cyclic_u = not closed, 4, closed
    obj = bpy.data.objects.new("tube", curve)
    bpy.context.collection.objects.link(obj)
    obj.data.materials.append(mat)
    return obj


def box(size, at, mat, turn=(0, 0, 0), bevel=0.02):
    bpy.ops.mesh.primitive_cube_add(size=1, location=at, rotation=turn)
    obj = bpy.context.object
    obj.scale = size
    bpy.ops.object.transform_apply(location=False, rotation=False, scale=True)
    edge = obj.modifiers.new("edge", "BEVEL")
    edge.width, edge.segments = bevel, 3
    return add(obj, mat, smooth=False)


def ball(radius, at, mat, scale=(1, 1, 1), turn=(0, 0, 0)):
    bpy.ops.mesh.primitive_uv_sphere_add(radius=radius, location=at, rotation=turn, segments=64, ring_count=40)
    bpy.context.object.scale = scale
    return add(bpy.context.object, mat)


def leaf(at, turns, mat, size=0.5):
    rows = [[(size * 1.1 * u, size * 0.9 * v * math.sin(math.pi * u) ** 0.8, size * (0.25 * abs(v) - 0.35 * u * u)) for v in (-0.5, -0.25, 0, 0.25, 0.5)] for u in [k / 12 for k in range(13)]]
    placed([grid("leaf", rows, mat)], at, turns)


# --- fruit ----------------------------------------------------------------------------------------
def red_skin():
    """An apple's: two reds in streaks, pale freckles."""
    m = mottled("skin", (0.26, 0.004, 0.007), (0.4, 0.04, 0.011), scale=2.6, rough=0.22, coat=0.3, stretch=(3.4, 3.4, 0.4), detail=3)
    spotted(m, (0.62, 0.42, 0.2), 11, 0.14, 0.6, few=0.4)
    return m


def apples(places, skin, size=1.0):
    """Apples at their middles, each leaning its own way."""
    profile = [(0.0, -0.56), (0.12, -0.64), (0.28, -0.69), (0.5, -0.63), (0.74, -0.4), (0.86, -0.08), (0.88, 0.2), (0.78, 0.48), (0.56, 0.66), (0.34, 0.69), (0.16, 0.58), (0.06, 0.42), (0, 0.36)]
    stem = material("stem", (0.07, 0.035, 0.015), 0.8)
    for i, at in enumerate(places):
        one = lathe([(size * x, size * z) for x, z in profile], skin, bulge=lambda a, z: 1 + 0.025 * math.cos(5 * a) * (0.6 - z))
        stalk = tube([(0, 0, 0.36 * size), (0.03, 0, 0.65 * size), (0.12, 0.03, 0.9 * size)], 0.035 * size, stem, taper=[0.7, 0.8, 1.2])
        placed([one, stalk], at, [(2.4 * i, "Z"), (0.25 + 0.3 * (i % 3), "X"), (1.1 * i, "Z")])


def heap(wide, seed):
    """Places of fruit heaped as on a market's stall, rising to the back."""
    r = random.Random(seed)
    return [(wide * (i + 0.5 * (j % 2) + 0.08 * r.random()), 0.75 * wide * j, wide * (0.4 + 0.43 * j + 0.1 * r.random())) for j in range(-1, 4) for i in range(-3, 3)]


def peel(colour, other):
    return pored(mottled("peel", colour, other, scale=3, rough=0.3, coat=0.2), 20, 0.4)


def citrus(skin, places, size=0.72, wide=1.0, tip=0.0):
    """Fruits at their middles; a lemon is narrower, with tips."""
    n = 26
    for at, turn in places:
        profile = []
        for k in range(n + 1):
            a = math.pi * k / n - math.pi / 2
            z = math.sin(a) + tip * math.sin(a) ** 15
            profile.append((max(0.0, size * wide * math.cos(a)), size * z))
        lathe(profile, skin, around=96, at=at, turn=turn)


def half(skin, juicy, at, turns, size=0.72, wide=1.0):
    """A fruit cut through: pith, and wedges of flesh between thin walls."""
    r = size * wide
    profile = [(r * math.cos(a), -size * math.sin(a)) for a in [math.pi / 2 * (1 - k / 14) for k in range(15)]]
    parts = [lathe(profile + [(0.97 * r, 0.02)], skin, around=96), lathe([(0, 0.0), (0.9 * r, 0.0), (0.975 * r, 0.015)], material("pith", (0.75, 0.6, 0.32), 0.6))]
    for k in range(10):
        rows = []
        for u in (-1, -0.9, -0.5, 0, 0.5, 0.9, 1):
            row, far = [], (0.87 - 0.06 * u ** 8) * r  # its corners are round
            for t in [j / 10 for j in range(11)]:
                a, d = math.pi / 5 * k + u * math.pi / 10 * (0.5 + 0.44 * t), 0.12 * r + (far - 0.12 * r) * t
                row.append((d * math.cos(a), d * math.sin(a), 0.008))
            rows.append(row)
        parts.append(grid("wedge", rows, juicy))
    placed(parts, at, turns)


# --- books ----------------------------------------------------------------------------------------
# Letters of upright and level strokes: a, b left and right above, c, d below; t, m, l the level
# ones; i the middle.
STROKES = {"A": "abcdtm", "B": "abcdtml", "C": "actl", "E": "actml", "H": "abcdm", "I": "i", "L": "acl", "O": "abcdtl", "P": "abctm", "S": "adtml", "T": "ti", "U": "abcdl"}
LINES = {"a": (-0.25, 0.25, 0), "b": (0.25, 0.25, 0), "c": (-0.25, -0.25, 0), "d": (0.25, -0.25, 0), "t": (0, 0.5, 1), "m": (0, 0, 1), "l": (0, -0.5, 1), "i": (0, 0, 2)}


def letters(word, size, mat):
    """A word in the x-z plane about the origin, as flat bars."""
    parts = []
    for k, letter in enumerate(word):
        for s in STROKES.get(letter, ""):
            x, z, way = LINES[s]
            w, h = ((0.16, 0.62), (0.62, 0.14), (0.16, 1.1))[way]
            parts.append(box((w * size, 0.006, h * size), ((0.85 * (k - (len(word) - 1) / 2) + x) * size, 0, z * size), mat, bevel=0.001))
    return parts


def book(m, size, colour, title):
    """One standing with its spine to the front, moved by the matrix m."""
    t, d, h = size
    cover = mottled("cover", tuple(0.7 * v for v in colour), colour, scale=6, rough=0.45)
    paper = banded(mottled("paper", (0.55, 0.47, 0.33), (0.68, 0.6, 0.45), scale=3, rough=0.9), (0.42, 0.35, 0.24), 0, 0, 0.006, 0.06)
    gold = material("gold", (0.75, 0.55, 0.22), 0.4, metal=0.3)
    parts = [box((0.03, d, h), (s * (t / 2 - 0.015), 0, h / 2), cover, bevel=0.01) for s in (-1, 1)]
    parts += [box((t, 0.05, h), (0, -d / 2, h / 2), cover, bevel=0.022), box((t - 0.06, d - 0.08, h - 0.1), (0, 0, h / 2), paper, bevel=0.004)]
    parts += [box((t + 0.002, 0.05, s), (0, -d / 2 - 0.002, z * h), gold, bevel=0.02) for z, s in ((0.12, 0.03), (0.16, 0.015), (0.84, 0.015), (0.88, 0.03))]
    bpy.context.view_layer.update()
    signs = letters(title, min(0.5 * t, 0.62 * h / len(title)), gold if sum(colour) < 0.7 else material("ink", (0.02, 0.015, 0.01), 0.6))
    placed(signs, (0, -d / 2 - 0.026, h / 2), [(-math.pi / 2, "Y")])
    bpy.context.view_layer.update()
    for o in parts + signs:
        o.matrix_world = m @ o.matrix_world


def open_book():
    """Lies open before the others: two swells of paper with printed lines."""
    paper = (0.72, 0.66, 0.53)
    edge = banded(mottled("paper", paper, (0.6, 0.53, 0.4), scale=3, rough=0.9), (0.45, 0.39, 0.28), 2, 0, 0.004, 0.03)
    print_ = banded(mottled("print", paper, tuple(0.94 * v for v in paper), scale=3, rough=0.9), (0.3, 0.28, 0.25), 1, 0, 0.02, 0.13)
    spotted(print_, paper, 9, 0.3, few=0.3)
    parts = [box((2.5, 1.62, 0.03), (0, 0, 0.015), material("board", (0.25, 0.015, 0.02), 0.5))]
    for s in (-1, 1):
        swell = lambda u: 0.06 + 0.2 * math.sqrt(u) * (1 - u) ** 0.6 + 0.1 * (1 - u)
        rows = [[(s * 1.2 * u, y, swell(u) if z else 0.04) for y, z in ((-0.76, 0), (-0.76, 1), (0.76, 1), (0.76, 0))] for u in [k / 24 for k in range(25)]]
        parts.append(grid("pages", rows, edge, smooth=False))
        parts.append(grid("text", [[(s * 1.2 * u, y, swell(u) + 0.004) for y in (-0.6, 0.6)] for u in [0.12 + 0.76 * k / 24 for k in range(25)]], print_))
    return parts
