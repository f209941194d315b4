/** Every panel, in the order in which the page shows them. */

import type { Panel } from "../page/lab";
import { DataPanel } from "./data/data";
import { DrawingPanel } from "./drawing/drawing";
import { ExplanationPanel } from "./explanation/explanation";
import { ExportDialog } from "./export/export";
import { FunctionsPanel } from "./learning/functions";
import { LandscapePanel } from "./learning/landscape";
import { LayersPanel } from "./learning/layers";
import { MistakesPanel } from "./judging/mistakes";
import { UpdatePanel } from "./learning/update";
import { ShareDialog } from "./share/share";
import { TaskBanner } from "./share/task";
import { TeacherDialog } from "./share/teacher";

export const PANELS: Panel[] = [
  {
    name: "task",
    title: "app.task",
    slot: "banner",
    fits: (lab) => lab.task.value !== "",
    view: TaskBanner,
  },
  { name: "data", title: "data.label", slot: "data", view: DataPanel },
  { name: "explain", title: "explain.title", slot: "tab", view: ExplanationPanel },
  { name: "update", title: "update.title", slot: "tab", view: UpdatePanel },
  { name: "layers", title: "distribution.title", slot: "tab", view: LayersPanel },
  { name: "mistakes", title: "judge.title", slot: "tab", view: MistakesPanel },
  { name: "landscape", title: "landscape.title", slot: "tab", view: LandscapePanel },
  { name: "functions", title: "functions.title", slot: "tab", view: FunctionsPanel },
  { name: "draw", title: "draw.title", slot: "tab", view: DrawingPanel },
  { name: "share", title: "share.title", slot: "dialog", view: ShareDialog },
  { name: "export", title: "export.title", slot: "dialog", view: ExportDialog },
  { name: "teacher", title: "teacher.title", slot: "dialog", view: TeacherDialog },
];
