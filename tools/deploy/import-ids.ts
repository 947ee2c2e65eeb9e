import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { StateResource } from "../../plan/state.ts";

/** The template of a type's import ID; nothing where AWS makes up the ID, or where it is not needed. */
export function importIdTemplateOf(type: string): string | undefined {
    const recovery = catalogue[type]?.recovery;
    return typeof recovery === "object" && "importId" in recovery ? recovery.importId : undefined;
}

/** Why the next update can create one more resource of the type; nothing where it must not. */
export function createAgainReason(type: string): string | undefined {
    const recovery = catalogue[type]?.recovery;
    return typeof recovery === "object" && "createAgain" in recovery ? recovery.createAgain : undefined;
}

/** Inputs that a template is made of. */
export const keysOfTemplate = (template: string): string[] =>
    [...template.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);

/** The import ID of a resource; nothing where it does not follow from its inputs. */
export function importIdFromInputs({ type, inputs = {} }: Pick<StateResource, "type" | "inputs">): string | undefined {
    const template = importIdTemplateOf(type);
    if (template === undefined) {
        return undefined;
    }
    const keys = keysOfTemplate(template);
    return keys.every((key) => typeof inputs[key] === "string" && inputs[key] !== "")
        ? template.replace(/\{(\w+)\}/g, (_, key: string) => String(inputs[key]))
        : undefined;
}
