import { readFileSync } from "node:fs";
import { catalogue } from "../../../plan/catalogue/catalogue.ts";
import type { ResourceTypeRow } from "../../../plan/catalogue/row.ts";
import { maxNameLengthOf, physicalName } from "../../../plan/physical-names.ts";
import type { PlanNode } from "../../../plan/plan.ts";
import { readResourceClass } from "../../../plan/resource-class.ts";

/** Such as `resourcegroups/group` for `aws:resourcegroups/group:Group`. */
const pathOf = (type: string): string => type.replace(/^aws:(.+):.*$/, "$1");

/** What the provider's class of a type declares. */
export const classOf = (type: string) =>
    readResourceClass(readFileSync(`node_modules/@pulumi/aws/${pathOf(type)}.js`, "utf8"));

/** `query_definition` for `queryDefinition`. */
const snakeCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Members that the row of a planned type needs, each with the text to fill in. What is in `< >` is a guess, or is not known. */
function membersOf(node: PlanNode): Partial<Record<keyof ResourceTypeRow, string>> {
    const path = pathOf(node.type);
    const [service = ""] = path.split("/");
    const { inputs } = classOf(node.type);
    const nameInput = [...inputs].find((input) => input === "name" || /Name$|Identifier$/.test(input)) ?? "name";
    const changeable = [...inputs].filter((input) => !["region", "tags"].includes(input));
    return {
        ...(physicalName(node) !== undefined && {
            name: `{ ${nameInput === "name" ? "" : `input: "${nameInput}", `}maxLength: <characters that AWS allows> }`,
        }),
        forceNew: `forceNew("<${snakeCase(path)}>", [<those with ForceNew in terraform-provider-aws of: ${changeable.join(", ")}>])`,
        recovery: `{ importId: "<{${nameInput}}>" }`,
        children: "{ none: <why nothing can be below it> }",
        grants: `[writeGrant("<${service}>: <Create... Delete... Update...>", <ARNs>), readGrant("<${service}>: <Describe...>", <ARNs>)]`,
    };
}

/** The row of a planned type with what is missing; nothing where it is complete. */
export function missingRowText(node: PlanNode): string | undefined {
    const row: Partial<ResourceTypeRow> | undefined = catalogue[node.type];
    const hasName = row?.name !== undefined && ("givenBecause" in row.name || maxNameLengthOf(node.type) !== undefined);
    const missing = Object.entries(membersOf(node)).filter(([member]) =>
        member === "name" ? !hasName : row?.[member as keyof ResourceTypeRow] === undefined,
    );
    if (missing.length === 0) {
        return undefined;
    }
    const tags = classOf(node.type).inputs.has("tags") ? "takes tags" : "takes no tags";
    return [
        `"${node.type}": { // ${tags}`,
        ...missing.map(([member, text]) => `    ${member}: ${text},`),
        `}, // in plan/catalogue/${pathOf(node.type).split("/")[0]}.ts`,
    ].join("\n");
}
