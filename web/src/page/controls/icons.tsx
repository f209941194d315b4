/** The few signs on buttons, drawn here: no font and no picture is loaded. */

const PATHS = {
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  rewind: "M5 5h2.4v14H5zM19 5v14L8.5 12z",
  step: "M5 5v14l9-7zM16 5h2.6v14H16z",
  epoch: "M3 5v14l7.5-7zM11 5v14l7.5-7zM19 5h2.4v14H19z",
  sample:
    "M12 8.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6M2 11h4.6v2H2zM17.4 11H22v2h-4.6z",
  undo: "M9 5 3.5 10.2 9 15.4v-3.6h5.2a3.6 3.6 0 0 1 0 7.2H8v2.4h6.2a6 6 0 0 0 0-12H9z",
  redo: "M15 5l5.5 5.2-5.5 5.2v-3.6H9.8a3.6 3.6 0 0 0 0 7.2H16v2.4H9.8a6 6 0 0 1 0-12H15z",
  dice: "M6.5 3h11A3.5 3.5 0 0 1 21 6.5v11a3.5 3.5 0 0 1-3.5 3.5h-11A3.5 3.5 0 0 1 3 17.5v-11A3.5 3.5 0 0 1 6.5 3m1.4 3.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4m8.2 0a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4M12 10.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4m-4.1 4a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4m8.2 0a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4",
  close:
    "M6.2 4.8 12 10.6l5.8-5.8 1.4 1.4L13.4 12l5.8 5.8-1.4 1.4-5.8-5.8-5.8 5.8-1.4-1.4 5.8-5.8-5.8-5.8z",
  sun: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10M11 1.5h2V5h-2zM11 19h2v3.5h-2zM1.5 11H5v2H1.5zM19 11h3.5v2H19zM4.2 5.6l1.4-1.4L8 6.6 6.6 8zM16 17.4l1.4-1.4 2.4 2.4-1.4 1.4zM4.2 18.4 6.6 16 8 17.4l-2.4 2.4zM16 6.6l2.4-2.4 1.4 1.4L17.4 8z",
  moon: "M20 14.6A8.5 8.5 0 0 1 9.4 4 8.5 8.5 0 1 0 20 14.6",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18m0 2.2v13.6a6.8 6.8 0 0 1 0-13.6",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="22"
      height="22"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
