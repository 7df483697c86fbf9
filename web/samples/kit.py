"""Materials and shapes that scenes.py builds its things of. Runs in Blender."""
import math

import bpy


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


def mottled(name, a, b, scale=4.0, rough=0.5, bump=0.0, bumps=60.0, coat=0.0, stretch=(1, 1, 1), detail=6.0, subsurface=0.0):
    """A material between two colours by noise, with small bumps."""
    m = material(name, a, rough, coat=coat, subsurface=subsurface)
    t, shader = m.node_tree, m.node_tree.nodes["Principled BSDF"]
    place, where = t.nodes.new("ShaderNodeMapping"), t.nodes.new("ShaderNodeTexCoord")
    place.inputs["Scale"].default_value = stretch
    t.links.new(where.outputs["Object"], place.inputs["Vector"])
    noise = t.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = scale, detail
    t.links.new(place.outputs["Vector"], noise.inputs["Vector"])
    ramp = t.nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[0].color = 0.38, (*a, 1)
    ramp.color_ramp.elements[1].position, ramp.color_ramp.elements[1].color = 0.64, (*b, 1)
    t.links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    t.links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    if bump:
        fine, raised = t.nodes.new("ShaderNodeTexNoise"), t.nodes.new("ShaderNodeBump")
        fine.inputs["Scale"].default_value = bumps
        raised.inputs["Strength"].default_value, raised.inputs["Distance"].default_value = bump, 0.02
        t.links.new(where.outputs["Object"], fine.inputs["Vector"])
        t.links.new(fine.outputs["Fac"], raised.inputs["Height"])
        t.links.new(raised.outputs["Normal"], shader.inputs["Normal"])
    return m


def wood(light=(0.33, 0.17, 0.075), dark=(0.15, 0.065, 0.025), rough=0.38):
    """Boards: stretched noise for the grain."""
    return mottled("wood", dark, light, scale=2.2, rough=rough, bump=0.12, bumps=25, stretch=(1.2, 14, 1), detail=9)


CLOTH = lambda c: mottled("cloth", tuple(0.82 * v for v in c), c, scale=160, rough=0.95, bump=0.3, bumps=220)


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


def lathe(profile, mat, around=72, bulge=lambda a, z: 1.0, at=(0, 0, 0), turn=(0, 0, 0), close=False):
    """A profile of (radius, height) turned around the z axis; bulge scales the radius by angle and height."""
    verts, faces, n = [], [], len(profile)
    for i in range(around):
        a = 2 * math.pi * i / around
        for r, z in profile:
            k = r * bulge(a, z)
            verts.append((k * math.cos(a), k * math.sin(a), z))
    for i in range(around):
        j = (i + 1) % around
        for k in range(n - 1 + (1 if close else 0)):
            faces.append((i * n + k, j * n + k, j * n + (k + 1) % n, i * n + (k + 1) % n))
    obj = mesh("lathe", verts, faces, mat)
    obj.location, obj.rotation_euler = at, turn
    sub = obj.modifiers.new("smooth", "SUBSURF")
    sub.levels = sub.render_levels = 1
    return obj


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
