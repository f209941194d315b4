/** All styles of the page as one text: they stand inside the lab's own element. */

import panels from "../../panels/panels.css";
import base from "./base.css";
import columns from "./columns.css";
import frame from "./frame.css";
import narrow from "./narrow.css";
import network from "./network.css";
import output from "./output.css";

export const STYLE = [base, frame, columns, network, output, panels, narrow].join("\n");
