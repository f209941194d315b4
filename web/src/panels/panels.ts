/** Every panel, in the order in which the page shows them. */

import type { Panel } from "../page/lab";

export const PANELS: Panel[] = [];
