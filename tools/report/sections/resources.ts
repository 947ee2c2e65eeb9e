import { findComponentOf } from "../../../analysis/difference/compare.ts";
import { deletionProtectionsOf, dependentsByUrn, isCreatedInAws } from "../../../analysis/resources/facts.ts";
import { plannedPropertiesOf, type PlannedProperty } from "../../../analysis/resources/properties.ts";
import { catalogue } from "../../../plan/catalogue/catalogue.ts";
import { shortTypeName } from "../../../plan/fake-provider/outputs.ts";
import { plannedManifest } from "../../../plan/manifest.ts";
import type { PlanNode } from "../../../plan/plan.ts";
import { compareText, withoutAwsPrefix } from "../../../plan/query.ts";
import { nodeDetails } from "../../plan/details.ts";
import { docsOfComponent } from "../docs-of-component.ts";
import { markup, type Html, type HtmlValue } from "../html.ts";
import type { ReportModel } from "../model.ts";
import { badge, commaList, resourceAnchor, ruleAnchor, type Section } from "./section.ts";

/** Values by which the list can be filtered, as shown. */
interface Facets {
    readonly component: string;
    readonly type: string;
    readonly encryption: string;
    readonly protection: string;
    readonly change: string;
}

const noEncryption = "nothing to encrypt";

export function resourcesSection(model: ReportModel): Section {
    const { plan, comparison } = model;
    const componentOf = findComponentOf(plan);
    const encryptionOf = encryptions(model);
    const nodes = plan.nodes
        .filter(isCreatedInAws)
        .toSorted(
            (a, b) =>
                compareText(componentOf(a), componentOf(b)) ||
                compareText(shortTypeName(a.type), shortTypeName(b.type)) ||
                compareText(a.name, b.name),
        );
    const entries = nodes.map((node) => {
        const facets: Facets = {
            component: componentOf(node),
            type: shortTypeName(node.type),
            encryption: encryptionOf(node),
            protection: deletionProtectionsOf(node).length > 0 ? "protected" : "not protected",
            change: comparison?.markOf(node) ?? "same",
        };
        return { node, facets };
    });
    const filter = (name: keyof Facets, label: string) => {
        const values = [...new Set(entries.map(({ facets }) => facets[name]))].toSorted(compareText);
        return markup`<label>${label} <select data-filter="${name}"><option value="">all</option>${values.map((value) => markup`<option>${value}</option>`)}</select></label>`;
    };
    const entry = entryRenderer(model);
    return {
        id: "resources",
        title: "Resources",
        body: markup`<p>Each resource with its planned properties, the rules that read it, and what depends on it.
"(after up)" marks what only AWS determines.</p>
<div class="filters" data-needs-script>${filter("component", "Component")}${filter("type", "Type")}${filter("encryption", "Encrypted by")}${filter("protection", "Deletion")}${comparison === undefined ? undefined : filter("change", "Difference")}
<button type="button" data-clear>Clear</button></div>
<p class="count" data-count="resources" aria-live="polite">${entries.length} resources</p>
<div class="list">${entries.map(({ node, facets }) => entry(node, facets))}</div>`,
    };
}

/** The key, or what encrypts a resource without one; by type and name. */
function encryptions({ plan }: ReportModel): (node: PlanNode) => string {
    const texts = new Map(
        plannedManifest(plan, undefined).resources.map(({ type, name, encryption, encryptionKey }) => [
            `${type} ${name}`,
            encryptionKey ?? encryption ?? noEncryption,
        ]),
    );
    return ({ type, name }) => texts.get(`${type} ${name}`) ?? noEncryption;
}

function entryRenderer({ plan, typesByRule, docs }: ReportModel): (node: PlanNode, facets: Facets) => Html {
    const byUrn = new Map(plan.nodes.map((node) => [node.urn, node]));
    const dependents = dependentsByUrn(plan);
    const link = (node: PlanNode) =>
        markup`<a href="#${resourceAnchor(node)}">${node.name}</a> <span class="muted">${shortTypeName(node.type)}</span>`;
    const links = (urns: readonly string[]): HtmlValue[] => {
        const nodes = urns.flatMap((urn) => byUrn.get(urn) ?? []).filter(isCreatedInAws);
        return commaList([...new Set(nodes)].map(link));
    };
    const rulesOf = ({ type }: PlanNode) =>
        [...typesByRule].filter(([, types]) => types.includes(withoutAwsPrefix(type))).map(([rule]) => rule);
    const row = (term: string, values: readonly HtmlValue[]): Html | undefined =>
        values.length === 0 ? undefined : markup`<dt>${term}</dt><dd>${values}</dd>`;

    return (
        node,
        facets,
    ) => markup`<details class="entry" id="${resourceAnchor(node)}" data-row data-resource data-component="${facets.component}" data-type="${facets.type}" data-encryption="${facets.encryption}" data-protection="${facets.protection}" data-change="${facets.change}">
<summary><span class="type">${facets.type}</span> <span class="name">${node.name}</span> <span class="component">${facets.component}</span>${badges(facets)}</summary>
<dl>${row("In short", nodeDetails(node) === "" ? [] : [nodeDetails(node)])}${row("Holds", [catalogue[node.type]?.loss?.content ?? []].flat())}${row("Encrypted by", facets.encryption === noEncryption ? [] : [facets.encryption])}${row("Protected by", commaList(deletionProtectionsOf(node)))}${row("Reasons", [...commaList(docsOfComponent(facets.component).map(({ page, title }) => markup`<a href="${docs}/${page}">${title}</a>`))])}${row("Rules", commaList(rulesOf(node).map((rule) => markup`<a href="#${ruleAnchor(rule)}">${rule}</a>`)))}${row("Depends on", links(node.dependencies))}${row("Needed by", links(dependents.get(node.urn) ?? []))}</dl>
<dl class="properties">${plannedPropertiesOf(node).map(property)}</dl></details>\n`;
}

const badges = ({ encryption, protection, change }: Facets): HtmlValue[] => [
    ...(change === "same" ? [] : [badge(`change-${change.replace(" ", "-")}`, change)]),
    ...(encryption === noEncryption ? [] : [badge("key", encryption)]),
    ...(protection === "protected" ? [badge("protected", protection)] : []),
];

const property = ({ path, text, isKnownLater }: PlannedProperty): Html =>
    text.includes("\n")
        ? markup`<dt>${path}${isKnownLater ? " (parts after up)" : ""}</dt><dd><pre tabindex="0">${text}</pre></dd>`
        : markup`<dt>${path}</dt><dd>${text === "" ? '""' : text}</dd>`;
