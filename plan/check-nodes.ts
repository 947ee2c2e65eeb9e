import type { PlanNode } from "./plan-node.ts";
import { visitNonSecretStrings, type Value } from "./value.ts";

/** Patterns in a string that show a programming mistake. */
const stringMistakes: [sign: RegExp, meaning: string][] = [
    [
        /Calling \[to(String|JSON)\] on an \[Output/,
        "has an Output put in a string: use pulumi.interpolate or pulumi.jsonStringify",
    ],
    // Between spaces it is a word of a sentence.
    [/(?<![\w\s])undefined(?!\w)|(?<!\w)undefined(?![\w\s.,;])/, "contains `undefined`, from a missing value"],
    [/\[object \w+\]/, "contains an object put in a string"],
];

/** Problems of the resources of a plan, in addition to those that the monitor found at registration. */
export function checkNodes(nodes: Map<string, PlanNode>, rules: { within?: string; secrets: string[] }): string[] {
    const problems: string[] = [];
    for (const node of nodes.values()) {
        const say = (what: string): void => void problems.push(`${node.name} (${node.type}): ${what}`);
        if (node.type.startsWith("aws:") && rules.within !== undefined) {
            if (node.provider === undefined) {
                say("is on the default provider: pass `parent` or `provider`");
            }
            if (!isWithin(node, rules.within, nodes)) {
                say(`is outside ${rules.within}: pass \`parent\``);
            }
        }
        checkStrings(node.inputs, "", rules.secrets, say);
        if (!node.custom) {
            // The outputs of resources with a provider are placeholders of the plan.
            checkStrings(node.outputs, "output ", rules.secrets, say);
        }
    }
    return problems;
}

function isWithin(node: PlanNode, component: string, nodes: Map<string, PlanNode>): boolean {
    for (let at = nodes.get(node.parent ?? ""); at !== undefined; at = nodes.get(at.parent ?? "")) {
        if (at.type.split(":").at(-1) === component) {
            return true;
        }
    }
    return false;
}

function checkStrings(values: Value, where: string, secrets: string[], say: (what: string) => void): void {
    visitNonSecretStrings(values, (text, path) => {
        const secret = secrets.find((placeholder) => text.includes(placeholder));
        if (secret !== undefined) {
            say(`${where}\`${path}\` shows the secret setting in \`${secret}\`: read it with requireSecret`);
        }
        // Source code may contain these texts.
        const code = path.endsWith("asset.text");
        for (const [sign, meaning] of stringMistakes) {
            if (!code && sign.test(text)) {
                say(`${where}\`${path}\` ${meaning}`);
            }
        }
    });
}
