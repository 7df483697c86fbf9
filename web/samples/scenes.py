"""The rendered samples of the page: every scene modelled here, no file from elsewhere.

    blender -b --python web/samples/scenes.py -- [NAME...]

writes web/static/samples/NAME.webp, 320 x 320, with Cycles on the CPU (made with Debian 12's
Blender 3.4). Without names it renders all. Scenes were arranged until they looked like photographs,
with an eye on what `everyday` called them, so that it is right about some proves nothing.
"""
import math
import pathlib
import random
import sys

import bpy
from mathutils import Matrix, Vector, noise

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))  # Blender runs a script without its folder
from kit import banded, ball, box, cloth, grid, lathe, lit, material, mesh, mottled, placed, pored, shaded, spotted, sweep, tube, wood  # noqa: E402
from kit import apples, book, citrus, half, heap, leaf, letters, open_book, peel, red_skin  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parent.parent / "static" / "samples"
SIDE, SAMPLES = 320, 64
DARK = (0.2, 0.09, 0.035), (0.07, 0.028, 0.012)  # a table's wood


# --- the room -------------------------------------------------------------------------------------
def room(table, wall=(0.3, 0.27, 0.23), eye=(0, -4.6, 2.1), look=(0, 0, 0.6), lens=58, key=(-3.2, -1.6, 4.0), power=430, warm=(1, 0.9, 0.78), stop=0.5, horizon=3.4, sky=0.12, fill=0.06, rim=0.4):
    """A table, a wall out of focus, a window's light from the side, little else: shadows are what
    tells a thing's shape."""
    mesh("table", [(-9, -7, 0), (9, -7, 0), (9, horizon, 0), (-9, horizon, 0)], [(0, 1, 2, 3)], table, smooth=False)
    back = mottled("wall", tuple(0.8 * v for v in wall), wall, scale=0.7, rough=0.9)
    mesh("wall", [(-14, horizon + 2, -3), (14, horizon + 2, -3), (14, horizon + 2, 14), (-14, horizon + 2, 14)], [(0, 1, 2, 3)], back, smooth=False)
    world = bpy.data.worlds.new("sky")
    bpy.context.scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.62, 0.74, 0.95, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = sky
    for at, size, watts, colour in [(key, 1.3, power, warm), ((3.6, -3.0, 2.4), 3.0, fill * power, (0.75, 0.85, 1)), ((1.5, 3.0, 4.5), 1.2, rim * power, (1, 1, 1))]:
        light = bpy.data.lights.new("light", "AREA")
        light.energy, light.size, light.color = watts, size, colour
        lamp = bpy.data.objects.new("light", light)
        lamp.location = at
        lamp.rotation_euler = (Vector(look) - Vector(at)).to_track_quat("-Z", "Y").to_euler()
        bpy.context.collection.objects.link(lamp)
    cam = bpy.data.cameras.new("eye")
    cam.lens, cam.sensor_width = lens, 36
    cam.dof.use_dof, cam.dof.aperture_fstop = True, stop  # far below a real lens's: the things are metres wide here
    cam.dof.focus_distance = (Vector(look) - Vector(eye)).length - 0.4
    camera = bpy.data.objects.new("eye", cam)
    camera.location = eye
    camera.rotation_euler = (Vector(look) - Vector(eye)).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(camera)
    bpy.context.scene.camera = camera


def clutter(seed, hues=((0.35, 0.1, 0.05), (0.05, 0.12, 0.18), (0.55, 0.45, 0.28), (0.12, 0.07, 0.04)), y=4.6):
    """Things far behind, out of focus, as rooms have them."""
    r, x = random.Random(seed), -4.4
    while x < 4.6:
        w, h = 0.25 + 0.4 * r.random(), 0.6 + 1.1 * r.random()
        mat = material("far", r.choice(hues), 0.3)
        if r.random() < 0.4:
            box((w, 0.5, h), (x, y, h / 2), mat)
        elif r.random() < 0.7:
            lathe([(0, 0), (w, 0), (w, 0.6 * h), (0.4 * w, 0.8 * h), (0.4 * w, h), (0, h)], mat, at=(x, y, 0))
        x += 1.7 * w + 0.1 + 0.5 * r.random() ** 2


# --- the things -----------------------------------------------------------------------------------
def china(*bands):
    """White, with painted bands: height, half the width, colour."""
    m = mottled("china", (0.7, 0.68, 0.62), (0.76, 0.74, 0.69), scale=2, rough=0.12, coat=0.6)
    for at, half_width, colour in bands:
        banded(m, colour, 2, at, half_width)
    return m


def cup():
    room(cloth((0.1, 0.14, 0.19)), look=(0.06, 0, 0.62), eye=(0.3, -4.2, 2.5), wall=(0.16, 0.2, 0.2))
    clutter(3)
    white = china()
    out = [(0.0, 0.06), (0.34, 0.06), (0.42, 0.12), (0.62, 0.42), (0.74, 0.85), (0.79, 1.16), (0.775, 1.19), (0.75, 1.16), (0.7, 0.85), (0.58, 0.44), (0.38, 0.16), (0, 0.14)]
    lathe(out, white)
    tube([(0.74, 0, 1.0), (0.98, 0, 1.06), (1.18, 0, 0.92), (1.16, 0, 0.66), (0.96, 0, 0.5), (0.66, 0, 0.5)], 0.07, white)
    lathe([(0, 0.02), (0.5, 0.02), (0.95, 0.08), (1.3, 0.2), (1.31, 0.23), (0.95, 0.12), (0.5, 0.06), (0, 0.06)], white)
    lathe([(0, 1.05), (0.66, 1.05)], material("coffee", (0.02, 0.006, 0.002), 0.06))
    lathe([(0.6, 1.052), (0.735, 1.056)], mottled("crema", (0.1, 0.035, 0.01), (0.22, 0.09, 0.03), scale=12, rough=0.3))
    steel = material("steel", (0.75, 0.75, 0.76), 0.16, metal=1)
    tube([(-0.2, -0.95, 0.2), (0.3, -1.02, 0.22), (0.75, -1.0, 0.2)], 0.022, steel)
    ball(0.16, (-0.35, -0.94, 0.2), steel, scale=(1.4, 0.85, 0.3))


def apple():
    room(wood(*DARK), look=(0, 0, 1.0), eye=(-0.2, -4.4, 3.4), wall=(0.12, 0.15, 0.08), lens=52, fill=0.12)
    apples(heap(1.74, 3), red_skin())


def lemon():
    room(cloth((0.08, 0.12, 0.15)), look=(0, 0, 0.75), eye=(0.1, -4.2, 2.5), wall=(0.1, 0.14, 0.15), lens=54)
    clutter(8, ((0.05, 0.1, 0.12), (0.2, 0.25, 0.2), (0.3, 0.28, 0.2)))
    skin = peel((0.75, 0.46, 0.006), (0.8, 0.56, 0.012))
    front = [((-0.95, 0.1, 0.6), (1.45, 0.2, 0.9)), ((0.55, 0.55, 0.6), (1.5, 0.1, -0.7)), ((1.6, 0.2, 0.6), (1.5, 0.1, 0.3))]
    citrus(skin, [*front, ((-0.2, 0.5, 1.5), (1.5, 0.3, 1.2)), ((-0.4, 1.6, 0.6), (1.57, 0, 0.2))], wide=0.84, tip=0.3)
    half(skin, material("flesh", (0.75, 0.5, 0.03), 0.15, coat=0.6), (0.5, -0.75, 0.62), [(-0.45, "Z"), (0.8, "X")], wide=0.9)
    green = material("leaf", (0.03, 0.12, 0.015), 0.4, coat=0.3)
    leaf((-0.55, -0.6, 0.12), [(2.6, "Z"), (-0.1, "Y")], green, 0.8)


def orange():
    room(cloth((0.1, 0.12, 0.13)), look=(0, 0, 1.0), eye=(0, -4.3, 2.6), wall=(0.1, 0.14, 0.16), lens=49)
    clutter(2)
    skin = peel((0.75, 0.135, 0.001), (0.82, 0.185, 0.002))
    front = [((-0.85, 0, 0.72), (0.3, 0.1, 0)), ((0.65, 0.35, 0.72), (1.1, 0.4, 0.5)), ((2.05, 0.2, 0.72), (1.2, 0.5, 0))]
    back = [((-1.7, 1.2, 0.72), (0.5, 0, 0)), ((-0.15, 1.4, 0.72), (0.2, 0.5, 0)), ((1.5, 1.5, 0.72), (0.2, 0.5, 0))]
    citrus(skin, [*front, *back, ((-0.2, 0.7, 1.82), (0.9, -0.5, 0.4))])
    half(skin, material("flesh", (0.78, 0.15, 0.002), 0.15, coat=0.6), (0.55, -0.85, 0.66), [(-0.45, "Z"), (0.8, "X")])
    leaf((-0.2, -0.75, 0.15), [(2.9, "Z"), (-0.1, "Y")], material("leaf", (0.02, 0.1, 0.012), 0.4, coat=0.3), 0.8)


def banana():
    room(wood(*DARK), look=(-0.1, 0.0, 0.3), eye=(0, -3.9, 3.2), wall=(0.2, 0.19, 0.15))
    clutter(6)
    skin = mottled("banana", (0.72, 0.42, 0.008), (0.8, 0.52, 0.02), scale=3, rough=0.42)
    spotted(skin, (0.1, 0.035, 0.008), 9, 0.2, 0.75, few=0.45, stretch=(0.6, 1, 1))
    spotted(skin, (0.16, 0.06, 0.01), 26, 0.16, 0.7, few=0.7)
    shaded(skin, (0.3, 0.36, 0.02), 0, 2.3, 2.65, 0.7)
    shaded(skin, (0.34, 0.36, 0.02), 0, 0.42, 0.1, 0.7)
    end = material("end", (0.035, 0.02, 0.008), 0.8)
    for i, (turn, z) in enumerate([(0.5, 0.3), (0.24, 0.34), (0.0, 0.3), (-0.27, 0.26)]):
        points, width = [], []
        for k in range(31):
            u = k / 30
            a = math.radians(207 + 124 * u)
            points.append((1.5 * (math.cos(a) - math.cos(math.radians(207))), 1.5 * (math.sin(a) - math.sin(math.radians(207))), 0.05 * math.sin(3.1 * u)))
            neck = 0.36 + 0.64 * math.sin(math.pi / 2 * max(0, min(1, (u - 0.07) / 0.22))) ** 1.4
            tip = 0.3 + 0.7 * math.sqrt(max(0, 1 - (max(0, u - 0.6) / 0.37) ** 4))
            width.append(0.27 * min(neck, tip))
        b = sweep(points, width, skin, edge=lambda a: 1 + 0.045 * math.cos(5 * a + 0.6))
        placed([b, ball(0.08, points[-1], end)], (-1.4, 0.15, z), [(turn, "Z"), (0.12 * (i % 2), "Y")])
    ball(0.2, (-1.42, 0.17, 0.32), mottled("crown", (0.12, 0.07, 0.015), (0.25, 0.2, 0.03), scale=8, rough=0.7), scale=(0.8, 1.5, 1))


def teapot():
    room(cloth((0.12, 0.15, 0.11)), look=(-0.06, 0, 0.9), eye=(-1.2, -4.6, 2.5), wall=(0.2, 0.22, 0.2), lens=46)
    clutter(12)
    blue, gold = (0.012, 0.035, 0.22), (0.5, 0.28, 0.05)
    plain, painted = china(), china((1.3, 0.035, blue), (1.22, 0.012, blue), (0.16, 0.03, blue), (1.47, 0.02, gold), (1.79, 0.06, blue))
    lathe([(0, 0.02), (0.5, 0.0), (0.54, 0.06), (0.8, 0.22), (0.98, 0.52), (1.0, 0.8), (0.9, 1.1), (0.68, 1.33), (0.46, 1.42), (0.44, 1.4)], painted)
    lathe([(0.47, 1.42), (0.46, 1.47), (0.32, 1.58), (0.12, 1.64), (0.08, 1.69), (0.14, 1.77), (0.12, 1.86), (0, 1.89)], painted)
    tube([(-0.7, 0, 0.5), (-1.1, 0, 0.52), (-1.32, 0, 0.82), (-1.42, 0, 1.12), (-1.6, 0, 1.36), (-1.74, 0, 1.42)], 0.15, plain, taper=[1.7, 1.5, 1.05, 0.8, 0.72, 0.78])
    tube([(0.78, 0, 1.2), (1.08, 0, 1.5), (1.56, 0, 1.42), (1.62, 0, 0.86), (1.36, 0, 0.5), (0.9, 0, 0.4)], 0.085, plain)
    petal, heart, green = material("petal", blue, 0.15, coat=0.6), material("heart", gold, 0.2), material("green", (0.02, 0.09, 0.12), 0.2)

    def dab(mat, angle, height, w, h, tilt):
        """Painted on the belly: a flat drop at an angle and a height."""
        slope = height - 0.72
        placed([ball(1, (0, 0, 0), mat, scale=(w, 0.012, h))], Matrix.Rotation(angle, 3, "Z") @ Vector((0, 0.5 * slope ** 2 - 0.995, height)), [(angle, "Z"), (-0.9 * slope, "X"), (tilt, "Y")])

    for angle, height, size in ((-0.1, 0.76, 1.15), (0.68, 0.7, 0.85), (-0.8, 0.7, 0.85)):
        for k in range(6):
            a = math.pi / 3 * k
            dab(petal, angle + 0.12 * size * math.sin(a), height + 0.12 * size * math.cos(a), 0.05 * size, 0.085 * size, a)
        dab(heart, angle, height, 0.045 * size, 0.045 * size, 0)
        for s in (-1, 1):
            dab(green, angle + 0.27 * s * size, height - 0.13 * size, 0.035, 0.11 * size, 1.1 * s)


def umbrella():
    room(mottled("pavement", (0.12, 0.12, 0.12), (0.2, 0.2, 0.19), scale=18, rough=0.5, bump=0.5), look=(-0.05, 0, 1.12), eye=(0.2, -6.4, 2.0), wall=(0.25, 0.32, 0.4), horizon=5, key=(-4, -3, 6), power=900, lens=56, rim=0.12)
    clutter(20, ((0.04, 0.08, 0.03), (0.08, 0.12, 0.04), (0.2, 0.2, 0.2)), y=6)
    hues = [(0.5, 0.006, 0.012), (0.7, 0.2, 0.01), (0.75, 0.48, 0.01), (0.03, 0.22, 0.03), (0.01, 0.2, 0.32), (0.012, 0.04, 0.26), (0.13, 0.02, 0.2), (0.42, 0.02, 0.15)]
    steel, handle = material("steel", (0.5, 0.5, 0.52), 0.25, metal=1), wood((0.25, 0.09, 0.03), (0.12, 0.04, 0.015), 0.25)
    ribs, parts = 8, []

    def at(a, t):
        """A point of the canopy: between the ribs the cloth sags, and its hem is cut in arcs."""
        sag = 0.5 - 0.5 * math.cos(ribs * a)
        r, z = 1.75 * math.sin(1.4 * t) * (1 - 0.07 * t * sag), 1.2 * math.cos(1.4 * t) + 0.2 * t ** 4 * sag
        return (r * math.cos(a), r * math.sin(a), z)

    for i in range(ribs):
        a, b = 2 * math.pi * i / ribs, 2 * math.pi * (i + 1) / ribs
        silk = mottled("silk", tuple(0.8 * v for v in hues[i]), hues[i], scale=3, rough=0.42)
        parts.append(grid("panel", [[at(a + (b - a) * k / 10, t / 14) for t in range(15)] for k in range(11)], silk, thick=0.012))
        parts.append(tube([tuple(0.99 * c for c in at(a, t / 14)) for t in range(15)], 0.014, steel))
        parts.append(tube([(0, 0, 0.15), tuple(0.98 * c for c in at(a, 0.55))], 0.012, steel))
        parts.append(ball(0.03, at(a, 1.0), steel))
    parts += [tube([(0, 0, 1.4), (0, 0, 0), (0, 0, -1.1)], 0.03, steel), tube([(0, 0, -1.0), (0, 0, -1.35), (0.05, 0, -1.52), (0.2, 0, -1.58), (0.33, 0, -1.5), (0.35, 0, -1.35)], 0.06, handle)]
    placed(parts, (0.3, 0, 1.04), [(0.4, "Z"), (-0.817, "Y"), (math.pi / 8, "Z")])  # it lies on two tips and the handle


def chair():
    room(wood((0.2, 0.1, 0.045), (0.1, 0.045, 0.018), 0.4, boards=0.55), look=(0.05, 0, 1.12), eye=(-2.3, -5.0, 2.4), lens=66, wall=(0.5, 0.47, 0.4), horizon=1.9, stop=2, power=520, key=(-3.2, -3.5, 4.5), sky=0.2)
    box((28, 0.08, 0.5), (0, 3.8, 0.2), material("skirting", (0.6, 0.58, 0.54), 0.5))
    # The floor goes on to the wall.
    mesh("floor", [(-9, 1.9, 0), (9, 1.9, 0), (9, 4, 0), (-9, 4, 0)], [(0, 1, 2, 3)], bpy.data.materials["wood"], smooth=False)
    oak = wood((0.2, 0.075, 0.022), (0.09, 0.03, 0.01), 0.3)
    lathe([(0, 0.94), (0.62, 0.94), (0.69, 1.0), (0.66, 1.05), (0.5, 1.03), (0, 1.01)], oak).scale = (1.02, 0.95, 1)
    for x in (-1, 1):
        for y in (-1, 1):
            leg = [(0.42 * x, 0.38 * y, 0.96), (0.48 * x, 0.44 * y, 0.66), (0.54 * x, 0.5 * y, 0.33), (0.6 * x, 0.56 * y, 0)]
            tube(leg, 0.055, oak, taper=[0.8, 1.25, 1.1, 0.65])
        tube([(0.53 * x, -0.49, 0.42), (0.52 * x, 0, 0.42), (0.53 * x, 0.49, 0.42)], 0.035, oak, taper=[0.7, 1.2, 0.7])
    tube([(-0.52, 0, 0.42), (0, 0, 0.42), (0.52, 0, 0.42)], 0.035, oak, taper=[0.7, 1.2, 0.7])
    for k in range(7):
        u = (k - 3) / 3
        x0, y0 = 0.52 * u, 0.5 - 0.22 * u * u
        top = (0.66 * u, 0.82 - 0.2 * u * u, 2.2)
        tube([(x0, y0, 1.0), (0.5 * (x0 + top[0]), 0.5 * (y0 + top[1]), 1.6), top], 0.045 if abs(u) == 1 else 0.028, oak)
    rows = [[(0.74 * u, 0.84 - 0.24 * u * u, 2.12 - 0.05 * u * u), (0.74 * u, 0.87 - 0.24 * u * u, 2.4 - 0.08 * u * u)] for u in [k / 12 - 1 for k in range(25)]]
    grid("crest", rows, oak, thick=0.07).modifiers.new("edge", "BEVEL").width = 0.02


def lamp():
    room(wood(), look=(0, 0, 1.22), eye=(0.2, -5.4, 2.0), wall=(0.34, 0.26, 0.18), power=40, horizon=0.2, sky=0.03, lens=60, stop=1.0)
    bronze = material("bronze", (0.45, 0.24, 0.07), 0.25, metal=1)
    lathe([(0, 0.0), (0.5, 0.0), (0.52, 0.05), (0.42, 0.11), (0.16, 0.18), (0.09, 0.3), (0.2, 0.5), (0.26, 0.72), (0.2, 0.95), (0.07, 1.1), (0.1, 1.16), (0.05, 1.22), (0.04, 1.45), (0, 1.45)], bronze)
    shade = material("shade", (1.0, 0.62, 0.27), 0.8)
    lit(shade, (1.0, 0.42, 0.1), 2, 2.4, 1.4, 0.12, 0.9)
    lathe([(1.0, 1.28), (0.995, 1.3), (0.56, 2.28), (0.55, 2.3)], shade, thick=0.02)
    rim = material("rim", (0.35, 0.2, 0.08), 0.7)
    for r, z in ((1.0, 1.29), (0.555, 2.29)):
        tube([(r * math.cos(a), r * math.sin(a), z) for a in [2 * math.pi * k / 40 for k in range(40)]], 0.02, rim, closed=True)
    for z, watts in ((1.5, 60), (2.2, 40)):
        bulb = bpy.data.lights.new("bulb", "POINT")
        bulb.energy, bulb.color, bulb.shadow_soft_size = watts, (1, 0.62, 0.3), 0.12
        o = bpy.data.objects.new("bulb", bulb)
        o.location = (0, 0, z)
        bpy.context.collection.objects.link(o)


def bottle():
    room(wood(*DARK), look=(0, 0, 1.3), eye=(0, -5.2, 1.9), wall=(0.6, 0.57, 0.5), rim=1.2, horizon=1.6, lens=62)
    clutter(16, ((0.25, 0.2, 0.12), (0.12, 0.13, 0.1), (0.3, 0.28, 0.22)), y=3)
    glass = material("glass", (0.03, 0.16, 0.04), 0.02, glass=0.85, coat=0.5)
    lathe([(0, 0.12), (0.2, 0.1), (0.42, 0.02), (0.48, 0.06), (0.49, 0.2), (0.49, 1.35), (0.44, 1.55), (0.24, 1.82), (0.17, 2.0), (0.165, 2.4), (0.19, 2.42), (0.19, 2.5), (0.15, 2.52)], glass)
    label = mottled("label", (0.68, 0.62, 0.46), (0.74, 0.68, 0.53), scale=5, rough=0.7)
    for at, w, c in ((1.1, 0.02, (0.3, 0.02, 0.02)), (0.48, 0.02, (0.3, 0.02, 0.02)), (0.78, 0.012, (0.4, 0.25, 0.05)), (0.62, 0.01, (0.05, 0.04, 0.04))):
        banded(label, c, 2, at, w)
    lathe([(0.497, 0.4), (0.497, 1.18)], label)
    ink = material("ink", (0.12, 0.01, 0.012), 0.6)
    placed(letters("CLOS", 0.12, ink), (0, -0.5, 0.94))
    lathe([(0.185, 2.05), (0.185, 2.4), (0.205, 2.42), (0.205, 2.52), (0.19, 2.55), (0, 2.55)], material("foil", (0.25, 0.01, 0.015), 0.3, metal=0.6))


def books():
    room(cloth((0.09, 0.08, 0.07)), look=(0.0, -0.65, 0.75), eye=(-0.7, -5.3, 3.2), wall=(0.12, 0.1, 0.08), lens=58, stop=0.5, power=520)
    r, x = random.Random(4), -1.7
    hues = [(0.012, 0.05, 0.16), (0.03, 0.11, 0.04), (0.5, 0.3, 0.04), (0.55, 0.47, 0.33), (0.02, 0.02, 0.025), (0.35, 0.1, 0.02), (0.03, 0.16, 0.2), (0.3, 0.012, 0.012)]
    for colour, title in zip(hues, ["ATLAS", "BASE", "ISLES", "THE CAT", "CHESS", "TALES", "COAST", "OPUS"]):
        t, h = 0.33 + 0.16 * r.random(), 1.65 + 0.5 * r.random()
        book(Matrix.Translation((x + t / 2, 0.05 * r.random(), 0)), (t, 1.3, h), colour, title)
        x += t + 0.012
    placed(open_book(), (0.05, -1.65, 0), [(0.12, "Z")])


def basketball():
    floor = banded(wood((0.42, 0.2, 0.07), (0.24, 0.1, 0.032), 0.2, boards=0.3), (0.7, 0.68, 0.62), 0, -0.55, 0.11)
    room(floor, look=(0, 0, 0.97), eye=(0.5, -4.3, 2.6), wall=(0.1, 0.1, 0.12), horizon=5, stop=0.8, rim=0.2)
    clutter(30, ((0.03, 0.05, 0.15), (0.3, 0.28, 0.25), (0.2, 0.02, 0.02)), y=6)
    skin = pored(mottled("leather", (0.42, 0.09, 0.012), (0.5, 0.125, 0.02), scale=5, rough=0.5), 42, 0.5, up=True)
    seam = material("seam", (0.008, 0.007, 0.007), 0.6)
    R = 0.96
    parts = [ball(R, (0, 0, 0), skin)]

    def ring(f, n=72):
        return tube([tuple(R * c for c in Vector(f(2 * math.pi * i / n)).normalized()) for i in range(n)], 0.02, seam, closed=True)

    parts += [ring(lambda a: (math.cos(a), math.sin(a), 0)), ring(lambda a: (math.cos(a), 0, math.sin(a)))]
    for s in (-1, 1):
        parts.append(ring(lambda a: (0.72 * math.cos(a), s * 0.72 + 0.16 * s * math.cos(2 * a), 0.72 * math.sin(a))))
    placed(parts, (0, 0, R), [(0.5, "X"), (0.6, "Z"), (0.3, "Y")])


def bowl():
    room(cloth((0.34, 0.27, 0.18)), look=(0, 0, 0.6), eye=(-0.7, -4.8, 2.8), wall=(0.14, 0.17, 0.17), lens=60)
    clutter(14)
    blue = (0.012, 0.04, 0.22)
    lathe([(0, 0.03), (0.5, 0.03), (0.56, 0.0), (0.6, 0.03), (0.58, 0.12), (0.95, 0.3), (1.25, 0.6), (1.4, 0.95), (1.42, 1.0), (1.38, 1.0), (1.2, 0.62), (0.9, 0.36), (0.5, 0.18), (0, 0.16)], china((0.93, 0.035, blue), (0.83, 0.012, blue), (0.3, 0.012, blue)))
    apples([(-0.5, 0.2, 0.9), (0.05, 0.75, 0.95)], red_skin(), 0.62)
    citrus(peel((0.75, 0.135, 0.001), (0.82, 0.185, 0.002)), [((0.58, 0.2, 0.88), (0.3, 0.1, 0))], 0.58)
    citrus(peel((0.75, 0.46, 0.006), (0.8, 0.56, 0.012)), [((0.02, -0.45, 0.82), (1.45, 0.2, 0.9))], 0.5, 0.84, 0.3)


def mushroom():
    moss = mottled("moss", (0.008, 0.02, 0.003), (0.05, 0.08, 0.012), scale=14, rough=1, bump=1.0, bumps=40)
    room(moss, look=(0.0, 0, 0.82), eye=(0.2, -4.4, 0.9), wall=(0.02, 0.035, 0.012), horizon=4, stop=0.4, power=420, key=(-3.0, -2.8, 2.6), rim=0.9, fill=0.12)
    clutter(21, ((0.03, 0.02, 0.01), (0.05, 0.09, 0.02), (0.1, 0.08, 0.03)), y=5)
    up = lambda x, y: 0.16 * noise.noise((1.3 * x, 1.3 * y, 3)) + 0.07 * noise.noise((5 * x, 5 * y, 1)) - 0.05 + 0.03 * noise.noise((14 * x, 14 * y, 5))
    grid("ground", [[(0.05 * i, 0.05 * j, up(0.05 * i, 0.05 * j)) for j in range(-60, 70)] for i in range(-60, 60)], moss)
    cap = mottled("cap", (0.2, 0.07, 0.02), (0.34, 0.15, 0.05), scale=3, rough=0.3, coat=0.3)
    flesh = mottled("stalk", (0.5, 0.42, 0.28), (0.66, 0.58, 0.44), scale=5, rough=0.8, stretch=(8, 8, 1))
    gill, under = material("gill", (0.66, 0.55, 0.38), 0.8), material("under", (0.2, 0.13, 0.07), 0.9)
    lying = ((-0.62, -0.95, 0.42), 0.47, [(0.75, "Z"), (-1.3, "X")])  # its gills to the front
    for at, s, turns in [((0.1, 0, 0), 1.0, [(0.05, "Y"), (-0.08, "X")]), ((1.05, 0.45, 0), 0.62, [(0.2, "Y")]), lying]:
        parts = [lathe([(0, -0.2), (0.36 * s, -0.2), (0.34 * s, 0.1 * s), (0.24 * s, 0.5 * s), (0.22 * s, 0.95 * s), (0.3 * s, 1.1 * s)], flesh)]
        parts.append(lathe([(0.98 * s, 0.92 * s), (1.0 * s, 0.96 * s), (0.93 * s, 1.15 * s), (0.66 * s, 1.4 * s), (0.34 * s, 1.52 * s), (0, 1.55 * s)], cap))
        parts.append(lathe([(0.98 * s, 0.95 * s), (0.6 * s, 1.16 * s), (0.2 * s, 1.2 * s)], under))
        for k in range(56):
            a = 2 * math.pi * k / 56
            c, q = math.cos(a), math.sin(a)
            edge = [(r * s, z * s, 0.12 * s * (1 - r) ** 0.5) for r, z in ((0.22, 1.08), (0.45, 1.02), (0.75, 0.96), (0.96, 0.945))]
            parts.append(grid("gill", [[(r * c, r * q, z), (r * c, r * q, z + h)] for r, z, h in edge], gill, thick=0.012))
        placed(parts, at, turns)
    r = random.Random(2)
    blade = material("grass", (0.05, 0.14, 0.012), 0.6)
    for _ in range(220):
        x, y, h, a = 5 * (r.random() - 0.5), 3.6 * (r.random() - 0.45), 0.12 + 0.3 * r.random(), 6.28 * r.random()
        if math.hypot(x, y) > 0.45 and not (abs(x) < 0.8 and y < -0.6 and h > 0.2):
            tube([(x, y, -0.05), (x + 0.06 * math.cos(a), y + 0.06 * math.sin(a), 0.6 * h), (x + 0.2 * math.cos(a), y + 0.2 * math.sin(a), h)], 0.013, blade, taper=[1, 0.8, 0.1])


SCENES = [cup, apple, banana, orange, lemon, bowl, teapot, umbrella, lamp, chair, bottle, books, basketball, mushroom]


def smoothed(s):
    """Debian's Blender has no denoiser: most noise goes by a blur that stops at edges of colour and
    shape; what stays is film's grain."""
    s.view_layers[0].use_pass_diffuse_color = s.view_layers[0].use_pass_normal = True
    s.use_nodes = True
    t = s.node_tree
    t.nodes.clear()
    layers, out = t.nodes.new("CompositorNodeRLayers"), t.nodes.new("CompositorNodeComposite")
    edges, blur = t.nodes.new("CompositorNodeMixRGB"), t.nodes.new("CompositorNodeBilateralblur")
    edges.blend_type, edges.inputs["Fac"].default_value = "ADD", 0.35
    blur.iterations, blur.sigma_color, blur.sigma_space = 1, 0.06, 1.5
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
    s.cycles.use_adaptive_sampling, s.cycles.adaptive_threshold, s.cycles.sample_clamp_indirect = True, 0.02, 3
    s.cycles.caustics_reflective = s.cycles.caustics_refractive = False
    s.cycles.max_bounces, s.cycles.transparent_max_bounces, s.cycles.seed = 6, 6, 1
    s.render.resolution_x = s.render.resolution_y = SIDE
    s.view_settings.view_transform, s.view_settings.look = "Filmic", "High Contrast"
    s.render.image_settings.file_format, s.render.image_settings.quality = "WEBP", 66
    s.render.image_settings.color_mode = "RGB"
    smoothed(s)
    s.render.filepath = str(OUT / (scene.__name__ + ".webp"))
    bpy.ops.render.render(write_still=True)


wanted = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
for one_scene in SCENES:
    if not wanted or one_scene.__name__ in wanted:
        render(one_scene)
