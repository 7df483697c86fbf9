"""The rendered samples of the page: every scene modelled here, no file from elsewhere.

    blender -b --python web/samples/scenes.py -- [NAME...]

writes web/static/samples/NAME.webp, 320 x 320, with Cycles on the CPU (made with Debian 12's Blender
3.4). Without names it renders all. What stands in a scene was arranged until the pictures looked like
photographs; that a network is right about them proves nothing.
"""
import math
import pathlib
import random
import sys

import bpy
from mathutils import Vector

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))  # Blender runs a script without its folder
from kit import ball, box, CLOTH, lathe, material, mesh, mottled, tube, wood  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parent.parent / "static" / "samples"
SIDE, SAMPLES = 320, 14


# --- the room -------------------------------------------------------------------------------------
def room(table, wall=(0.62, 0.58, 0.52), eye=(0, -4.6, 2.1), look=(0, 0, 0.6), lens=58, key=(-3.2, -2.2, 4.2), power=420, warm=(1, 0.9, 0.78), stop=3.2, horizon=3.4):
    """A table, a wall out of focus with something on it, a window's light and the sky's."""
    mesh("table", [(-9, -7, 0), (9, -7, 0), (9, horizon, 0), (-9, horizon, 0)], [(0, 1, 2, 3)], table, smooth=False)
    back = mottled("wall", tuple(0.86 * v for v in wall), wall, scale=0.7, rough=0.9)
    mesh("wall", [(-14, horizon + 2, -3), (14, horizon + 2, -3), (14, horizon + 2, 9), (-14, horizon + 2, 9)], [(0, 1, 2, 3)], back, smooth=False)
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.62, 0.74, 0.95, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.32
    for at, size, watts, colour in [(key, 1.6, power, warm), ((3.6, -3.0, 2.4), 3.0, 0.16 * power, (0.75, 0.85, 1)), ((1.5, 3.0, 4.5), 1.2, 0.35 * power, (1, 1, 1))]:
        light = bpy.data.lights.new("light", "AREA")
        light.energy, light.size, light.color = watts, size, colour
        lamp = bpy.data.objects.new("light", light)
        lamp.location = at
        lamp.rotation_euler = (Vector(look) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
        bpy.context.collection.objects.link(lamp)
    cam = bpy.data.cameras.new("eye")
    cam.lens, cam.sensor_width = lens, 36
    cam.dof.use_dof, cam.dof.aperture_fstop, cam.dof.focus_distance = True, stop, (Vector(look) - Vector(eye)).length
    camera = bpy.data.objects.new("eye", cam)
    camera.location = eye
    camera.rotation_euler = (Vector(look) - Vector(eye)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(camera)
    bpy.context.scene.camera = camera


def clutter(seed, wall=((0.55, 0.2, 0.12), (0.14, 0.28, 0.35), (0.75, 0.66, 0.45))):
    """Things far behind, out of focus, as rooms have them."""
    r = random.Random(seed)
    box((14, 0.8, 0.1), (0, 5.0, 0.35), material("shelf", (0.3, 0.26, 0.22), 0.6))
    x = -4.4
    while x < 4.6:
        w, h = 0.2 + 0.4 * r.random(), 0.5 + 0.8 * r.random()
        if r.random() < 0.72:
            box((w, 0.5, h), (x, 4.9, h / 2 + 0.4), material("far", r.choice(wall), 0.7))
        x += w + 0.05 + 0.3 * r.random() ** 3


# --- the things -----------------------------------------------------------------------------------
def cup():
    room(wood(), look=(0, 0, 0.62), eye=(0.3, -4.4, 2.3), wall=(0.55, 0.6, 0.58))
    clutter(3)
    white = mottled("china", (0.78, 0.75, 0.69), (0.83, 0.8, 0.75), scale=2, rough=0.18, coat=0.6)
    out = [(0.0, 0.06), (0.34, 0.06), (0.42, 0.12), (0.62, 0.42), (0.74, 0.85), (0.79, 1.16), (0.775, 1.19), (0.75, 1.16), (0.7, 0.85), (0.58, 0.44), (0.38, 0.16), (0, 0.14)]
    lathe(out, white)
    tube([(0.74, 0, 1.0), (0.98, 0, 1.06), (1.18, 0, 0.92), (1.16, 0, 0.66), (0.96, 0, 0.5), (0.66, 0, 0.5)], 0.07, white)
    lathe([(0, 0.02), (0.5, 0.02), (0.95, 0.08), (1.3, 0.2), (1.31, 0.23), (0.95, 0.12), (0.5, 0.06), (0, 0.06)], white)
    lathe([(0, 1.0), (0.727, 1.0)], material("coffee", (0.045, 0.014, 0.005), 0.08))
    steel = material("steel", (0.75, 0.75, 0.76), 0.16, metal=1)
    tube([(-0.2, -0.95, 0.2), (0.3, -1.02, 0.22), (0.75, -1.0, 0.2)], 0.022, steel)
    ball(0.16, (-0.35, -0.94, 0.2), steel, scale=(1.4, 0.85, 0.3))


def apple():
    room(mottled("stone", (0.5, 0.48, 0.45), (0.62, 0.6, 0.56), scale=9, rough=0.4), look=(0, 0, 0.72), eye=(-0.3, -4.0, 1.9), wall=(0.35, 0.42, 0.33))
    clutter(5, ((0.2, 0.3, 0.18), (0.5, 0.5, 0.4), (0.3, 0.25, 0.2)))
    skin = mottled("skin", (0.5, 0.018, 0.014), (0.62, 0.2, 0.04), scale=2.6, rough=0.24, coat=0.4, stretch=(2.4, 2.4, 0.6))
    fruit([(0, 0, 0.02), (1.45, 0.75, 0.02)], skin)


def fruit(places, skin):
    """Apples."""
    profile = [(0.0, 0.14), (0.12, 0.06), (0.28, 0.01), (0.5, 0.07), (0.74, 0.3), (0.86, 0.62), (0.88, 0.9), (0.78, 1.18), (0.56, 1.36), (0.34, 1.4), (0.16, 1.32), (0.06, 1.2), (0, 1.14)]
    stem = material("stem", (0.12, 0.06, 0.025), 0.8)
    for i, at in enumerate(places):
        lathe(profile, skin, at=at, turn=(0.1 * i, 0.12, 1.3 * i), bulge=lambda a, z: 1 + 0.02 * math.cos(5 * a) * (1.3 - z))
        x, y, z = at
        tube([(x, y, z + 1.15), (x + 0.03, y, z + 1.4), (x + 0.12, y + 0.03, z + 1.6)], 0.035, stem, taper=[0.7, 0.8, 1.2])


def citrus(colour, other, scale=(1, 1, 1), tip=0.0):
    skin = mottled("peel", colour, other, scale=3, rough=0.36, bump=0.55, bumps=42, coat=0.25)

    def one(at, turn, size=0.72):
        n, profile = 26, []
        for i in range(n + 1):
            a = math.pi * i / n - math.pi / 2
            r, z = math.cos(a), math.sin(a)
            z += tip * z ** 15
            profile.append((max(0.0, size * r * scale[0]), size * z * scale[2]))
        lathe(profile, skin, at=at, turn=turn)

    return one


def lemon():
    room(CLOTH((0.5, 0.56, 0.62)), look=(0.1, 0, 0.5), eye=(0.2, -4.1, 1.9), wall=(0.5, 0.52, 0.5))
    clutter(8, ((0.5, 0.5, 0.5), (0.3, 0.4, 0.42), (0.6, 0.56, 0.5)))
    one = citrus((0.83, 0.6, 0.02), (0.86, 0.68, 0.06), (0.84, 0.84, 1.02), tip=0.3)
    one((-0.5, 0, 0.6), (1.45, 0.2, 0.9))
    one((0.75, 0.5, 0.6), (1.5, 0.1, -0.7))
    one((0.45, -0.75, 0.6), (1.57, 0.0, 1.9))


def orange():
    room(wood((0.4, 0.26, 0.14), (0.24, 0.14, 0.07)), look=(0, 0, 0.62), eye=(0, -4.2, 2.0), wall=(0.4, 0.5, 0.55))
    clutter(2)
    one = citrus((0.8, 0.26, 0.01), (0.85, 0.34, 0.02))
    one((-0.62, 0, 0.72), (0.3, 0.1, 0))
    one((0.85, 0.45, 0.72), (1.1, 0.4, 0.5))
    one((0.4, -0.95, 0.72), (0.5, -0.6, 0))


def banana():
    room(wood(), look=(0, 0, 0.34), eye=(0.1, -4.0, 2.4), wall=(0.6, 0.56, 0.48))
    clutter(6)
    skin = mottled("banana", (0.78, 0.5, 0.035), (0.83, 0.6, 0.07), scale=3, rough=0.45)
    end = material("end", (0.09, 0.06, 0.02), 0.8)
    for i, (turn, z) in enumerate([(0.0, 0.26), (0.3, 0.3), (0.62, 0.33)]):
        points, width = [], []
        for k in range(15):
            u = k / 14
            a = math.radians(205 + 130 * u)
            points.append((1.5 * math.cos(a), 1.5 * math.sin(a) + 0.9, 0.06 * math.sin(3.1 * u)))
            width.append(0.28 + 0.72 * math.sin(math.pi * min(1, max(0, (u - 0.04) / 0.92))) ** 0.5 if 0.04 < u < 0.96 else 0.28)
        b = tube(points, 0.27, skin, taper=width)
        b.data.bevel_resolution = 1  # five flat sides, as a banana has
        tip = ball(0.075, points[-1], end)
        stalk = ball(0.085, points[0], end)
        for o in (b, tip, stalk):
            o.parent = None
            o.matrix_world = turned(turn, (0.15 * i - 0.1, 0.12 * i - 0.3, z)) @ o.matrix_world


def turned(angle, at):
    from mathutils import Matrix

    return Matrix.Translation(at) @ Matrix.Rotation(angle, 4, "Z")


def teapot():
    room(CLOTH((0.62, 0.56, 0.48)), look=(-0.15, 0, 0.75), eye=(-0.2, -4.8, 2.0), wall=(0.38, 0.34, 0.32), lens=47)
    clutter(12)
    glaze = mottled("glaze", (0.02, 0.1, 0.16), (0.04, 0.16, 0.22), scale=2, rough=0.12, coat=0.8)
    body = [(0, 0.02), (0.45, 0.02), (0.5, 0.06), (0.82, 0.28), (0.98, 0.6), (0.95, 0.9), (0.76, 1.15), (0.5, 1.25), (0.44, 1.24)]
    lathe(body, glaze)
    lathe([(0.5, 1.25), (0.48, 1.3), (0.3, 1.4), (0.1, 1.45), (0.07, 1.5), (0.12, 1.57), (0.1, 1.65), (0, 1.68)], glaze)
    tube([(-0.85, 0, 0.45), (-1.2, 0, 0.55), (-1.38, 0, 0.85), (-1.6, 0, 1.18), (-1.72, 0, 1.25)], 0.15, glaze, taper=[1.6, 1.2, 0.85, 0.65, 0.6])
    tube([(0.85, 0, 1.02), (1.2, 0, 1.12), (1.5, 0, 0.95), (1.45, 0, 0.6), (1.15, 0, 0.38), (0.88, 0, 0.4)], 0.085, glaze)


def umbrella():
    room(mottled("pavement", (0.2, 0.2, 0.2), (0.3, 0.3, 0.29), scale=18, rough=0.7, bump=0.5), look=(0, 0, 1.15), eye=(0.2, -6.4, 2.0), wall=(0.4, 0.45, 0.5), horizon=5, key=(-4, -4, 6), power=900)
    clutter(20, ((0.3, 0.33, 0.36), (0.45, 0.42, 0.38), (0.2, 0.22, 0.25)))
    cloth, seam = material("canopy", (0.5, 0.018, 0.025), 0.5), material("seam", (0.2, 0.008, 0.012), 0.6)
    ribs, rings, verts, faces = 8, 12, [], []
    around = ribs * 8
    for j in range(rings + 1):
        t = j / rings
        for i in range(around):
            a = 2 * math.pi * i / around
            sag = 1 - 0.07 * t * (0.5 - 0.5 * math.cos(ribs * a))
            r = 1.75 * math.sin(t * 1.32) / math.sin(1.32) * sag
            z = 0.95 * math.cos(t * 1.32) - 0.09 * t * t * (0.5 - 0.5 * math.cos(ribs * a)) * -1
            verts.append((r * math.cos(a), r * math.sin(a), z))
    for j in range(rings):
        for i in range(around):
            k = (i + 1) % around
            faces.append((j * around + i, j * around + k, (j + 1) * around + k, (j + 1) * around + i))
    top = mesh("canopy", verts, faces, cloth)
    thick = top.modifiers.new("thick", "SOLIDIFY")
    thick.thickness = 0.015
    steel, handle = material("steel", (0.5, 0.5, 0.52), 0.25, metal=1), wood((0.3, 0.13, 0.05), (0.18, 0.07, 0.03), 0.25)
    parts = [top, tube([(0, 0, 1.1), (0, 0, 0), (0, 0, -1.1)], 0.03, steel), tube([(0, 0, -1.1), (0, 0, -1.45), (0.05, 0, -1.62), (0.2, 0, -1.68), (0.33, 0, -1.6), (0.35, 0, -1.45)], 0.055, handle)]
    for i in range(ribs):
        a = 2 * math.pi * i / ribs
        parts.append(tube([tuple(1.006 * c for c in verts[j * around + i * 8]) for j in range(rings + 1)], 0.012, seam))
        parts.append(tube([(0.02 * math.cos(a), 0.02 * math.sin(a), 0.9), (1.1 * math.cos(a), 1.1 * math.sin(a), 0.6), (1.74 * math.cos(a), 1.74 * math.sin(a), 0.22)], 0.012, steel))
    from mathutils import Matrix

    lean = Matrix.Translation((0.05, 0, 1.42)) @ Matrix.Rotation(0.5, 4, "X") @ Matrix.Rotation(-0.42, 4, "Y")
    for o in parts:
        o.matrix_world = lean @ o.matrix_world


def chair():
    room(wood((0.36, 0.24, 0.14), (0.22, 0.13, 0.07), 0.5), look=(0, 0, 1.0), eye=(-2.6, -5.4, 2.5), lens=68, wall=(0.66, 0.64, 0.58), horizon=3, stop=5.6, power=700, key=(-3.5, -3.5, 5))
    beech = wood((0.5, 0.28, 0.12), (0.36, 0.18, 0.07), 0.35)
    box((1.3, 1.25, 0.09), (0, 0, 1.0), beech, bevel=0.04)
    for x in (-0.55, 0.55):
        box((0.1, 0.1, 1.0), (x, -0.52, 0.5), beech)
        box((0.1, 0.1, 2.25), (x, 0.55, 1.12), beech, turn=(-0.07, 0, 0))
        box((0.06, 1.05, 0.06), (x, 0, 0.42), beech)
    for z in (1.42, 1.75, 2.08):
        box((1.15, 0.06, 0.17), (0, 0.55 + 0.07 * (z - 1.1), z), beech, turn=(-0.07, 0, 0), bevel=0.03)
    box((1.05, 0.06, 0.06), (0, -0.52, 0.62), beech)


def lamp():
    room(wood(), look=(0, 0, 1.25), eye=(0.2, -5.6, 2.1), wall=(0.26, 0.3, 0.36), power=120, horizon=2.6)
    clutter(4)
    brass = material("brass", (0.6, 0.38, 0.12), 0.22, metal=1)
    lathe([(0, 0.0), (0.55, 0.0), (0.56, 0.06), (0.4, 0.12), (0.12, 0.2), (0.06, 0.35), (0.05, 0.9), (0.1, 1.0), (0.05, 1.1), (0.04, 1.45), (0, 1.45)], brass)
    shade = material("shade", (0.9, 0.72, 0.48), 0.8, glow=0.9)
    top = lathe([(0.95, 1.3), (0.55, 2.25)], shade)
    top.modifiers.new("thick", "SOLIDIFY").thickness = 0.02
    glow = bpy.data.lights.new("glow", "POINT")
    glow.energy, glow.color, glow.shadow_soft_size = 60, (1, 0.7, 0.4), 0.12
    o = bpy.data.objects.new("glow", glow)
    o.location = (0, 0, 1.72)
    bpy.context.collection.objects.link(o)


def bottle():
    room(mottled("slate", (0.08, 0.085, 0.09), (0.13, 0.13, 0.14), scale=7, rough=0.35), look=(0, 0, 1.2), eye=(0, -5.6, 1.9), wall=(0.62, 0.6, 0.55))
    clutter(16, ((0.5, 0.45, 0.35), (0.35, 0.36, 0.3), (0.6, 0.58, 0.5)))
    glass = material("glass", (0.05, 0.22, 0.08), 0.03, glass=0.9)
    lathe([(0, 0.12), (0.2, 0.1), (0.42, 0.02), (0.48, 0.06), (0.49, 0.2), (0.49, 1.35), (0.44, 1.55), (0.24, 1.82), (0.17, 2.0), (0.165, 2.4), (0.19, 2.42), (0.19, 2.5), (0.15, 2.52)], glass)
    lathe([(0.497, 0.5), (0.497, 1.15)], mottled("label", (0.78, 0.72, 0.58), (0.84, 0.78, 0.66), scale=5, rough=0.7))
    lathe([(0, 2.42), (0.145, 2.42), (0.145, 2.62), (0.13, 2.64), (0, 2.64)], mottled("cork", (0.42, 0.27, 0.14), (0.55, 0.38, 0.22), scale=18, rough=0.8))


def books():
    room(wood(), look=(0, 0, 0.68), eye=(-0.9, -4.8, 2.2), wall=(0.5, 0.48, 0.44))
    clutter(9)
    paper = mottled("paper", (0.72, 0.66, 0.55), (0.8, 0.75, 0.64), scale=2, rough=0.9, bump=0.5, bumps=4, stretch=(0.2, 0.2, 90))
    r, z = random.Random(4), 0.0
    for i, colour in enumerate([(0.3, 0.03, 0.03), (0.03, 0.09, 0.2), (0.12, 0.2, 0.1), (0.5, 0.33, 0.08), (0.16, 0.1, 0.2)]):
        t, w, d, turn = 0.2 + 0.1 * r.random(), 2.0 - 0.12 * i, 1.45 - 0.08 * i, 0.35 * (r.random() - 0.5)
        cover = mottled("cover", tuple(0.85 * v for v in colour), colour, scale=60, rough=0.6, bump=0.2, bumps=150)
        gold = material("gold", (0.7, 0.5, 0.2), 0.3, metal=1)
        for dz, s in ((0.02, (w, d, 0.04)), (t - 0.02, (w, d, 0.04))):
            box(s, (0, 0, z + dz), cover, turn=(0, 0, turn), bevel=0.012)
        m = turned(turn, (0, 0, 0))
        box((w, 0.04, t), m @ Vector((0, -d / 2, z + t / 2)), cover, turn=(0, 0, turn), bevel=0.015)
        box((w - 0.1, d - 0.08, t - 0.08), m @ Vector((0, 0.02, z + t / 2)), paper, turn=(0, 0, turn), bevel=0.004)
        for x in (-0.62 * w / 2, 0.62 * w / 2):
            box((0.05, 0.01, 0.6 * t), m @ Vector((x, -d / 2 - 0.022, z + t / 2)), gold, turn=(0, 0, turn), bevel=0.002)
        z += t + 0.004


def basketball():
    room(wood((0.48, 0.27, 0.12), (0.36, 0.19, 0.08), 0.2), look=(0, 0, 0.95), eye=(0.4, -5.0, 1.9), wall=(0.4, 0.42, 0.46), horizon=5)
    clutter(30, ((0.25, 0.28, 0.4), (0.5, 0.46, 0.4), (0.2, 0.2, 0.22)))
    skin = mottled("leather", (0.5, 0.15, 0.03), (0.58, 0.19, 0.045), scale=5, rough=0.55, bump=0.7, bumps=55)
    seam = material("seam", (0.012, 0.01, 0.01), 0.7)
    R, parts = 0.96, []
    parts.append(ball(R, (0, 0, 0), skin))

    def ring(f, n=72):
        return tube([tuple(R * 1.002 * c for c in Vector(f(2 * math.pi * i / n)).normalized()) for i in range(n)], 0.017, seam, closed=True)

    parts += [ring(lambda a: (math.cos(a), math.sin(a), 0)), ring(lambda a: (math.cos(a), 0, math.sin(a)))]
    for s in (-1, 1):
        parts.append(ring(lambda a: (0.72 * math.cos(a), s * 0.72 + 0.16 * s * math.cos(2 * a), 0.72 * math.sin(a))))
    from mathutils import Matrix

    lean = Matrix.Translation((0, 0, R)) @ Matrix.Rotation(0.5, 4, "X") @ Matrix.Rotation(0.6, 4, "Z") @ Matrix.Rotation(0.3, 4, "Y")
    for o in parts:
        o.matrix_world = lean @ o.matrix_world


def bowl():
    room(wood(), look=(0, 0, 0.85), eye=(0, -5.2, 3.0), wall=(0.56, 0.55, 0.5), lens=50)
    clutter(14)
    china = mottled("china", (0.1, 0.2, 0.3), (0.14, 0.26, 0.36), scale=3, rough=0.2, coat=0.5)
    lathe([(0, 0.05), (0.55, 0.05), (0.58, 0.12), (1.05, 0.36), (1.4, 0.8), (1.43, 0.84), (1.37, 0.82), (1.0, 0.42), (0.5, 0.18), (0, 0.16)], china)
    skin = mottled("skin", (0.42, 0.014, 0.012), (0.55, 0.16, 0.03), scale=2.6, rough=0.24, coat=0.4, stretch=(2.4, 2.4, 0.6))
    green = mottled("green", (0.32, 0.42, 0.03), (0.42, 0.5, 0.06), scale=3, rough=0.28, coat=0.3)
    fruit([(-0.55, -0.35, 0.42)], skin)
    fruit([(0.55, -0.45, 0.4)], green)
    one = citrus((0.8, 0.26, 0.01), (0.85, 0.34, 0.02))
    one((0.05, 0.5, 1.05), (0.3, 0.1, 0), 0.62)
    one((-0.75, 0.5, 0.95), (0.6, 0.1, 0), 0.55)
    citrus((0.83, 0.6, 0.02), (0.86, 0.68, 0.06), (0.84, 0.84, 1.02), tip=0.3)((0.8, 0.4, 1.0), (1.4, 0.4, 0.4), 0.52)


def mushroom():
    moss = mottled("moss", (0.03, 0.055, 0.012), (0.09, 0.12, 0.03), scale=14, rough=1, bump=1.0, bumps=40)
    room(moss, look=(0, 0, 0.85), eye=(0.2, -4.3, 1.35), wall=(0.1, 0.15, 0.07), horizon=4, stop=2.0, power=520)
    clutter(21, ((0.1, 0.07, 0.04), (0.06, 0.09, 0.03), (0.14, 0.1, 0.06)))
    cap = mottled("cap", (0.3, 0.15, 0.06), (0.42, 0.24, 0.1), scale=3, rough=0.38, coat=0.2)
    flesh = mottled("stalk", (0.62, 0.55, 0.42), (0.72, 0.66, 0.54), scale=5, rough=0.8, stretch=(8, 8, 1))
    for x, y, s in [(0, 0, 1.0), (0.95, 0.7, 0.62)]:
        lathe([(0, -0.1), (0.36 * s, -0.1), (0.38 * s, 0.2 * s), (0.26 * s, 0.6 * s), (0.24 * s, 1.05 * s), (0.3 * s, 1.15 * s)], flesh, at=(x, y, 0), turn=(0.05, 0.06, 0))
        lathe([(0.22 * s, 1.02 * s), (0.6 * s, 0.98 * s), (0.9 * s, 0.93 * s), (0.98 * s, 0.99 * s), (0.9 * s, 1.2 * s), (0.62 * s, 1.5 * s), (0.3 * s, 1.64 * s), (0, 1.68 * s)], cap, at=(x, y, 0), turn=(0.05, 0.06, 0))
    r = random.Random(2)
    blade = material("grass", (0.1, 0.2, 0.03), 0.7)
    for _ in range(160):
        x, y, h, a = 5 * (r.random() - 0.5), 3.4 * (r.random() - 0.4), 0.15 + 0.35 * r.random(), 6.28 * r.random()
        if math.hypot(x, y) > 0.5 and not (abs(x) < 0.9 and y < 0):
            tube([(x, y, 0), (x + 0.06 * math.cos(a), y + 0.06 * math.sin(a), 0.6 * h), (x + 0.2 * math.cos(a), y + 0.2 * math.sin(a), h)], 0.014, blade, taper=[1, 0.8, 0.1])


SCENES = [cup, apple, banana, orange, lemon, bowl, teapot, umbrella, lamp, chair, bottle, books, basketball, mushroom]


def smoothed(s):
    """Debian's Blender has no denoiser: the noise goes by a blur that stops at edges of colour and shape."""
    s.view_layers[0].use_pass_diffuse_color = s.view_layers[0].use_pass_normal = True
    s.use_nodes = True
    t = s.node_tree
    t.nodes.clear()
    layers, out = t.nodes.new("CompositorNodeRLayers"), t.nodes.new("CompositorNodeComposite")
    edges, blur = t.nodes.new("CompositorNodeMixRGB"), t.nodes.new("CompositorNodeBilateralblur")
    edges.blend_type, edges.inputs["Fac"].default_value = "ADD", 0.35
    blur.iterations, blur.sigma_color, blur.sigma_space = 3, 0.09, 2.2
    t.links.new(layers.outputs["DiffCol"], edges.inputs[1])
    t.links.new(layers.outputs["Normal"], edges.inputs[2])
    t.links.new(layers.outputs["Image"], blur.inputs["Image"])
    t.links.new(edges.outputs["Image"], blur.inputs["Determinator"])
    t.links.new(blur.outputs["Image"], out.inputs["Image"])


def render(scene):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene()
    s = bpy.context.scene
    s.render.engine, s.cycles.device, s.cycles.samples, s.cycles.use_denoising = "CYCLES", "CPU", SAMPLES, False
    s.cycles.use_adaptive_sampling, s.cycles.adaptive_threshold, s.cycles.sample_clamp_indirect = True, 0.025, 3
    s.cycles.caustics_reflective = s.cycles.caustics_refractive = False
    s.cycles.max_bounces, s.cycles.transparent_max_bounces, s.cycles.seed = 6, 6, 1
    s.render.resolution_x = s.render.resolution_y = SIDE
    s.view_settings.view_transform, s.view_settings.look = "Filmic", "Medium High Contrast"
    s.render.image_settings.file_format, s.render.image_settings.quality = "WEBP", 82
    s.render.image_settings.color_mode = "RGB"
    smoothed(s)
    s.render.filepath = str(OUT / (scene.__name__ + ".webp"))
    bpy.ops.render.render(write_still=True)


wanted = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
for one_scene in SCENES:
    if not wanted or one_scene.__name__ in wanted:
        render(one_scene)
