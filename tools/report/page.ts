import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isCreatedInAws } from "../../analysis/resources/facts.ts";
import { notifyingAlarmsOf } from "../../checks/alarms/notifying-alarms.ts";
import { ecsServicesOf } from "../../plan/ecs-services.ts";
import { Html, markup } from "./html.ts";
import type { ReportModel } from "./model.ts";
import { accessSection } from "./sections/access.ts";
import { alarmsSection } from "./sections/alarms.ts";
import { architectureSection } from "./sections/architecture.ts";
import { controlsSection } from "./sections/controls.ts";
import { differencesSection } from "./sections/differences.ts";
import { pathsSection } from "./sections/paths.ts";
import { resourcesSection } from "./sections/resources.ts";
import type { Section } from "./sections/section.ts";

/** Whole page: the same text for the same model. */
export function renderPage(model: ReportModel): string {
    const sections = [
        architectureSection(model),
        ...(model.comparison === undefined ? [] : [differencesSection(model.comparison)]),
        resourcesSection(model),
        accessSection(model),
        pathsSection(model),
        alarmsSection(model),
        controlsSection(model),
    ];
    const { project, stack } = model.plan;
    const [style, script] = [readSource("page.css"), readSource("page.js")];
    return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${project} ${stack}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top">${banner(model)}</header>
<nav aria-label="Sections"><div class="nav-inner"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul>
<label class="search" data-needs-script><span>Search</span> <input type="search" data-search placeholder="Search the whole page" autocomplete="off" spellcheck="false"></label></div></nav>
<p class="found" data-found aria-live="polite"></p>
<main id="main" tabindex="-1">${sections.map(sectionElement)}</main>
<footer>Written by <code>npm run report</code> from the plan of ${stack}, without access to AWS.</footer>
<script>${new Html(script)}</script>
</body>
</html>
`.markup;
}

/** npm runs each script in the folder of the project. */
const readSource = (name: string): string => readFileSync(join("tools", "report", "page", name), "utf8");

/** Allows nothing from outside, and only this style and this script. */
function contentSecurityPolicy(style: string, script: string): string {
    const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    return `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
}

const sectionElement = ({ id, title, body }: Section): Html =>
    markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>\n`;

function banner({ plan, settings, check, architecture, comparison }: ReportModel): Html {
    const { rules, passed, failed, excepted } = check.summary;
    const zones = new Set(
        architecture.tiers.flatMap(({ subnets }) => subnets.map(({ inputs }) => inputs.availabilityZone)),
    );
    const figures: readonly (readonly [number | string, string])[] = [
        [plan.nodes.filter(isCreatedInAws).length, "resources"],
        [ecsServicesOf(plan).length, "services"],
        [zones.size, zones.size === 1 ? "zone" : "zones"],
        [notifyingAlarmsOf(plan).length, "alarms"],
        [`${passed}/${rules}`, "rules kept"],
    ];
    const verdict =
        failed > 0
            ? markup`<p class="verdict failed">${failed} ${failed === 1 ? "rule is" : "rules are"} broken.</p>`
            : markup`<p class="verdict passed">All rules are kept${excepted > 0 ? `, ${excepted} with exceptions` : ""}.</p>`;
    return markup`<div><p class="project">${plan.project}</p><h1>${plan.stack}</h1>
<p class="facts">${settings.region} · environment ${settings.environment} · compliance ${settings.compliance}</p></div>
<dl class="figures">${figures.map(([figure, name]) => markup`<div><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>
<div class="verdicts">${verdict}${comparison === undefined ? undefined : markup`<p class="verdict compared">Compared with ${comparison.with}: ${comparison.summary}.</p>`}</div>`;
}
