/** Pictures of numbers on a canvas. */

/** Draw a grey picture, 0 to 1, ink on paper; the canvas is as large as the picture. */
export function drawPicture(
  canvas: HTMLCanvasElement,
  ink: ArrayLike<number>,
  width: number,
  height: number,
  high: number,
) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) {
    return;
  }
  const picture = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const grey = 255 - Math.max(0, Math.min(255, Math.round((255 * ink[i]) / high)));
    picture.data.set([grey, grey, grey, 255], 4 * i);
  }
  context.putImageData(picture, 0, 0);
}
