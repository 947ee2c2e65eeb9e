import { controlGroups, controls } from "../../../checks/controls.ts";
import { requirements } from "../../../checks/controls/requirements.ts";
import { markup, type Html } from "../html.ts";
import type { ReportModel } from "../model.ts";
import { badge, commaList, ruleAnchor, searchRow, table, type Section } from "./section.ts";

type CheckedRule = ReportModel["check"]["rules"][number];

/** The requirements of PCI DSS, and each rule with its evidence. */
export function controlsSection({ check, docs }: ReportModel): Section {
    const { rules } = check;
    const failed = new Set(rules.filter(({ outcome }) => outcome === "failed").map(({ name }) => name));
    const requirementRow = (id: string): Html => {
        const { title = "" } = requirements[id] ?? {};
        const control = controls.find((each) => each.id === id);
        const names = rules.map(({ name }) => name).filter((name) => control?.rules.includes(name));
        const state =
            control?.unmetReason !== undefined
                ? badge("excepted", "not met")
                : names.some((name) => failed.has(name))
                  ? badge("failed", "failed")
                  : badge("passed", "met");
        const evidence =
            control?.unmetReason ?? commaList(names.map((name) => markup`<a href="#${ruleAnchor(name)}">${name}</a>`));
        return searchRow([id.replace("PCI-", ""), title, state, evidence]);
    };
    const unmet = controlGroups.filter(({ unmetReason }) => unmetReason !== undefined);
    return {
        id: "controls",
        title: "Controls",
        body: markup`<p>The requirements of PCI DSS that a plan can help to meet, with the rules that show each
(<a href="${docs}/controls.md">all controls</a>).</p>
${table("Requirements of PCI DSS", ["Requirement", "Title", "State", "Shown by"], Object.keys(requirements).map(requirementRow))}
<h3>Rules and their evidence</h3>
<p class="count" data-count="rules" aria-live="polite">${rules.length} rules</p>
<div class="list">${rules.map(ruleEntry)}</div>
<h3>Controls that are not met</h3>
${table(
    "Controls that are not met",
    ["Controls", "What is required", "Reason"],
    unmet.map(({ ids, title, unmetReason }) => searchRow([ids.join(", "), title, unmetReason])),
)}`,
    };
}

const outcomeTexts = { passed: "kept", excepted: "exception", failed: "broken" } as const;

const ruleEntry = ({ name, description, fix, outcome, controls: ids, evidence, violations }: CheckedRule): Html =>
    markup`<details class="entry" id="${ruleAnchor(name)}" data-row><summary><span class="name">${name}</span> <span class="description">${description}</span> ${badge(outcome, outcomeTexts[outcome])}</summary>
${violations.length === 0 ? undefined : markup`<h4>Violations</h4><ul>${violations.map(({ resource, reason, exception }) => markup`<li>${resource} ${reason}${exception === undefined ? "" : ` (exception: ${exception.reason})`}</li>`)}</ul><p>${fix}</p>`}
${ids.length === 0 ? undefined : markup`<p>Controls: ${ids.join(", ")}</p>`}
${evidence.length === 0 ? markup`<p>No resource of the plan violates it.</p>` : markup`<h4>Evidence</h4><pre tabindex="0">${evidence.join("\n")}</pre>`}</details>\n`;
