import type { PlanNode } from "./plan-node.ts";
import { visitNonSecretStrings, type Value } from "./value.ts";

/** Signs that a string was made of something that is none. */
const stringMistakes: [sign: RegExp, meaning: string][] = [
    [
        /Calling \[to(String|JSON)\] on an \[Output/,
        "has an Output put in a string: use pulumi.interpolate or pulumi.jsonStringify",
    ],
    // Between blanks it is a word of a sentence.
    [
        /(?<![\w\s])undefined(?!\w)|(?<!\w)undefined(?![\w\s.,;])/,
        "contains `undefined`, from a value that was not there",
    ],
    [/\[object \w+\]/, "contains an object put in a string"],
];

/** What is wrong with the resources of a plan, apart from what the monitor noticed when they came. */
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
            // A provider's outputs are the plan's own placeholders.
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
        // Source code may speak of them.
        const code = path.endsWith("asset.text");
        for (const [sign, meaning] of stringMistakes) {
            if (!code && sign.test(text)) {
                say(`${where}\`${path}\` ${meaning}`);
            }
        }
    });
}
