"""Lays a mark over a saved picture of a private camera: who looked, and when."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

LEAN_DEG = 24.0
INK, EDGE = (255, 255, 255, 70), (0, 0, 0, 70)
SMALLEST_PX, OF_HEIGHT = 11, 0.05
APART = 3.2


def marked(image: Image.Image, text: str) -> Image.Image:
    """Return the picture, RGB, with the text again and again across all of it."""
    font = ImageFont.load_default(max(SMALLEST_PX, round(image.height * OF_HEIGHT)))
    reach = int((image.width**2 + image.height**2) ** 0.5) + 1
    sheet = Image.new("RGBA", (reach, reach), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    left, top, right, bottom = font.getbbox(text)
    step_x, step_y = (right - left) + 2 * (bottom - top), APART * (bottom - top)
    for row in range(int(reach / step_y) + 2):
        x = -(row % 2) * step_x / 2
        while x < reach:
            pen.text((x, row * step_y), text, font=font, fill=INK, stroke_width=1, stroke_fill=EDGE)
            x += step_x
    sheet = sheet.rotate(LEAN_DEG, Image.Resampling.BICUBIC)
    at = ((reach - image.width) // 2, (reach - image.height) // 2)
    sheet = sheet.crop((*at, at[0] + image.width, at[1] + image.height))
    return Image.alpha_composite(image.convert("RGBA"), sheet).convert("RGB")
