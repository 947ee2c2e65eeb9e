import type { Architecture, Part } from "../../../analysis/architecture/architecture.ts";
import { requestPathThrough } from "../../../analysis/architecture/request-paths.ts";
import { captionOf, endsOf, groupBoxId, groupTitles, partBoxId } from "../drawing.ts";
import { partGroups, type PartGroup } from "../../../analysis/architecture/architecture.ts";
import { markup, jsonForScript, type Html, type HtmlValue } from "../html.ts";
import type { ReportModel } from "../model.ts";
import { drawSvg } from "../svg.ts";
import { commaList, resourceAnchor, searchRow, table, type Section } from "./section.ts";

/** What is open at first on a wide screen: most requests pass these. On a narrow one all is closed. */
const openAtFirst: readonly PartGroup[] = ["services", "messages"];

export function architectureSection({ architecture, layouts, plan }: ReportModel): Section {
    const present = partGroups.filter((group) => architecture.parts.some((part) => part.group === group));
    const toggle = (group: PartGroup) =>
        markup`<button type="button" data-toggle="${group}" aria-pressed="${String(openAtFirst.includes(group))}">${groupTitles[group]}</button>`;
    return {
        id: "architecture",
        title: "Architecture",
        body: markup`<p>Drawn from the plan. <span data-needs-script>Select a part to light up what belongs to its requests: where they come
from, and what they cause.</span> An arrow points where a request or a message goes.</p>
<div class="controls" data-needs-script><span class="toggles" role="group" aria-label="Open in the drawing">${present.map(toggle)}</span>
<label>Request <select data-request><option value="">none</option>${requestsOf(architecture).map(({ part, text }) => markup`<option value="${part}">${text}</option>`)}</select></label></div>
<div class="drawing" role="region" aria-label="Architecture of ${plan.stack}" tabindex="0">${drawSvg(architecture, layouts, openAtFirst)}</div>
<p class="lit-text" data-lit aria-live="polite"></p>
${legend}
<details class="words"><summary>The drawing in words</summary>${inWords(architecture)}</details>
<script type="application/json" id="drawing-data">${jsonForScript(drawingData(architecture, layouts))}</script>`,
    };
}

const legendRows: readonly (readonly [kind: string, text: string])[] = [
    ["request", "request"],
    ["message", "message"],
    ["dead-letter", "message that was not processed"],
    ["log", "access log"],
    ["endpoint", "call of an AWS service through a VPC endpoint"],
];

const legend = markup`<ul class="legend" aria-label="Legend">${legendRows.map(([kind, text]) => markup`<li><svg class="arrow a-${kind}" width="34" height="10" aria-hidden="true"><path d="M0,5L32,5"/></svg> ${text}</li>`)}</ul>`;

/** Requests from outside, each with the part that answers it, by their paths. */
const requestsOf = (architecture: Architecture): { part: number; text: string }[] =>
    architecture.links.flatMap(({ to, text }) => {
        const part = architecture.parts.findIndex(({ id }) => id === to);
        const target = architecture.parts[part];
        const answers = target?.kind === "service" || target?.kind === "function";
        return answers && text.includes("/") ? [{ part, text: `${text} → ${target.label}` }] : [];
    });

const placeOf = ({ kind, tier, zones }: Part): string =>
    tier === undefined
        ? kind === "internet"
            ? "outside"
            : "AWS, outside the VPC"
        : zones.length === 0
          ? `route tables of the ${tier} subnets`
          : `${tier} subnets in ${zones.join(", ")}`;

function inWords({ parts, links }: Architecture): Html {
    const byId = new Map(parts.map((part) => [part.id, part]));
    const named = (ids: readonly string[]) => [...new Set(ids.map((id) => byId.get(id)?.label ?? id))].join(", ");
    const nameOf = ({ label, node }: Part): HtmlValue =>
        node === undefined ? label : markup`<a href="#${resourceAnchor(node)}">${label}</a>`;
    const rows = parts.map((part) =>
        searchRow([
            nameOf(part),
            captionOf(part),
            placeOf(part),
            named(links.filter(({ to }) => to === part.id).map(({ from }) => from)),
            named(links.filter(({ from }) => from === part.id).map(({ to }) => to)),
        ]),
    );
    const head = ["Part", "What it is", "Place", "Receives from", "Sends to"];
    return markup`${table("Parts of the architecture", head, rows)}${table(
        "What allows each link",
        ["From", "To", "Passes", "Allowed by"],
        links
            .filter(({ kind }) => kind !== "endpoint")
            .map(({ from, to, kind, text, allowedBy }) =>
                searchRow([
                    ...commaList([named([from])]),
                    named([to]),
                    text === "" ? kind : `${kind}, ${text}`,
                    allowedBy,
                ]),
            ),
    )}`;
}

/** What the script of the page needs to open groups and to light up paths. */
function drawingData(architecture: Architecture, layouts: ReportModel["layouts"]) {
    const position = new Map(architecture.parts.map(({ id }, i) => [id, i]));
    return {
        groups: partGroups,
        layouts,
        parts: architecture.parts.map((part) => ({
            label: part.label,
            box: partBoxId(architecture, part.id),
            group: part.group,
            groupBox: part.group === undefined ? undefined : groupBoxId(part),
            anchor: part.node === undefined ? undefined : resourceAnchor(part.node),
        })),
        links: endsOf(architecture).map(({ from, to }) => [position.get(from.id), position.get(to.id)]),
        paths: architecture.parts.map(({ id }) => {
            const { parts, links } = requestPathThrough(architecture, id);
            return { parts: parts.flatMap((part) => position.get(part) ?? []).toSorted((a, b) => a - b), links };
        }),
    };
}
