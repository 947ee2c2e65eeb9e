import leven from "leven";

/** A problem of the settings: its path, the rule, and the actual value if it helps. */
export interface SettingProblem {
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly got?: unknown;
}

/** Where a setting has a problem. */
export interface ProblemPlace {
    readonly path: SettingProblem["path"];
    /** What the file has there may be a credential: messages, which pipelines print, give the number of its line only. */
    readonly mayBeCredential: boolean;
}

/** Namespace of the platform's configuration keys. */
export const namespace = "payment-platform:";

/** The only key outside our namespace that the program reads. */
export const regionKey = "aws:region";

/** `network` of `payment-platform:network`. */
export const lastPartOf = (key: string): string => key.slice(key.lastIndexOf(":") + 1);

/** Key of a setting in a stack file. */
export const configKey = (setting: string): string => (setting.includes(":") ? setting : `${namespace}${setting}`);

const maxShownLength = 120;

/** Settings at which an operator may write a credential by mistake; `*` is any name. */
const credentialPaths = [
    ["services", "*", "acquirer"],
    ["gateway", "token"],
    ["gateway", "merchants", "*", "key"],
    ["cache", "token"],
] as const;

/** Whether the value at a path may have a credential: at those settings, in them, and in the groups that hold them. */
export const mayHoldCredential = (path: SettingProblem["path"]): boolean =>
    credentialPaths.some((steps) => steps.every((step, i) => i >= path.length || step === "*" || step === path[i]));

/** The line for the operator, with the path as `pulumi config set --path` accepts it. No value that may hold a credential. */
export function problemLine({ path, message, got }: SettingProblem): string {
    const isShown = got !== undefined && !mayHoldCredential(path);
    return `${fieldLabel(path)} ${message}${isShown ? `, got ${shorten(JSON.stringify(got))}` : ""}`;
}

/** All problems of a stack's settings, below its file's name. */
export function settingsProblemsText(stack: string, problems: readonly string[]): string {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    return [`Pulumi.${stack}.yaml has ${count}:`, ...problems].join("\n  ");
}

const fieldLabel = ([key, ...rest]: readonly PropertyKey[]): string =>
    configKey(String(key)) + rest.map(pathStepText).join("");

function pathStepText(key: PropertyKey): string {
    if (typeof key === "number") {
        return `[${key}]`;
    }
    const text = String(key);
    return /^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
}

const shorten = (text: string) => (text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text);

/** "a", "b" or "c" */
export function alternatives(values: readonly unknown[]): string {
    const texts = values.map((value) => JSON.stringify(value));
    return texts.length > 1 ? `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}` : texts.join();
}

/** Names that a suggestion lists: the message stays one line that can be read. */
const maxListedNames = 20;

/** Suggestion for a key with a namespace that is no setting's: the setting that is most similar after the colon. */
export function suggestConfigKey(key: string, settings: readonly string[]): string {
    const nearest = nearestName(lastPartOf(key), settings.map(lastPartOf));
    const setting = settings.find((each) => lastPartOf(each) === nearest);
    return setting === undefined
        ? `the program reads ${regionKey} and the keys of ${namespace} alone; credentials come from the environment, such as AWS_PROFILE`
        : `did you mean ${configKey(setting)}?`;
}

/** Suggestion for an invalid name: the most similar valid one, or the valid ones. */
export function suggestName(name: string, names: readonly string[]): string {
    const nearest = nearestName(name, names);
    if (nearest !== undefined) {
        return `did you mean ${nearest}?`;
    }
    const left = names.length - maxListedNames;
    return `valid names: ${names.slice(0, maxListedNames).join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

/** The valid name that is most similar to an invalid one; undefined if none is similar. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
    const [nearest] = names
        .map((candidate) => ({ candidate, distance: leven(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
        .toSorted((a, b) => a.distance - b.distance);
    return nearest?.candidate;
}
