import { resourcesWithoutRights, rightKinds, rightsOf, type Right } from "../../../analysis/records/rights.ts";
import { markup, type Html } from "../html.ts";
import type { ReportModel } from "../model.ts";
import { searchRow, table, type Section } from "./section.ts";

/** Who may do what with which store. */
export function accessSection({ plan, docs }: ReportModel): Section {
    const rights = rightsOf(plan);
    const without = resourcesWithoutRights(plan);
    return {
        id: "access",
        title: "Access",
        body: markup`<p>Every permission that the policies of the plan allow, after all policies are evaluated
(<a href="${docs}/access.md">how</a>). What is not here is denied.</p>
${rightKinds
    .filter((kind) => rights.some((right) => right.kind === kind))
    .map((kind) =>
        kindPart(
            kind,
            rights.filter((right) => right.kind === kind),
        ),
    )}
<h3>No permission by name</h3>
<p>No policy gives access to these, so that nothing but the service that uses them reaches them:</p>
<ul class="plain">${without.map(({ kind, resource }) => markup`<li data-row>${resource} <span class="muted">${kind}</span></li>`)}</ul>`,
    };
}

function kindPart(kind: string, rights: readonly Right[]): Html {
    const same = Map.groupBy(rights, ({ resource, part, principal, condition }) =>
        JSON.stringify([resource, part, principal, condition]),
    );
    const rows = [...same.values()].flatMap((group) => {
        const [first] = group;
        return first === undefined
            ? []
            : [
                  rightRow(
                      first,
                      group.map(({ action }) => action),
                  ),
              ];
    });
    return markup`<h3>${kind}</h3>${table(`Permissions: ${kind}`, ["Resource", "Who", "May", "If"], rows)}`;
}

const rightRow = ({ resource, part, principal, condition }: Right, actions: readonly string[]): Html =>
    searchRow([
        `${resource === "*" ? "every resource" : resource}${part === "" ? "" : ` / ${part}`}`,
        principal,
        [...new Set(actions)].join(", "),
        condition,
    ]);
