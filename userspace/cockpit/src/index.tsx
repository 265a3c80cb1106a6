// SPDX-License-Identifier: GPL-2.0
import "@patternfly/react-core/dist/styles/base.css";
import "./page.css";

import { createRoot } from "react-dom/client";

import { App } from "./app";
import { followTheme } from "./theme";

followTheme();
document.documentElement.lang = (cockpit.language || "en").replace("_", "-");
cockpit.translate();
createRoot(document.getElementById("app") as HTMLElement).render(<App />);
