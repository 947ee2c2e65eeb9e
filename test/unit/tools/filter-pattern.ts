import { getPath } from "../../../plan/query.ts";
import { escapeRegExp } from "../../../plan/text.ts";

const token = /\s*(&&|\|\||[(){}=]|"[^"]*"|\$[\w.]+|IS TRUE|IS FALSE|NOT EXISTS)/y;

/**
 * Whether an event matches a filter pattern of CloudWatch Logs for JSON, as far as the tools use them
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
 */
export function matchesPattern(pattern: string, event: unknown): boolean {
    const tokens = tokensOf(pattern);
    const next = () => tokens.shift();
    const take = (expected: string) => tokens[0] === expected && next() !== undefined;
    const require = (expected: string) => {
        if (!take(expected)) {
            throw new Error(`CloudWatch Logs refuses ${pattern}: no ${expected} before ${tokens.join(" ")}`);
        }
    };
    const either = (): boolean => {
        let found = all();
        while (take("||")) {
            found = all() || found;
        }
        return found;
    };
    const all = (): boolean => {
        let found = term();
        while (take("&&")) {
            found = term() && found;
        }
        return found;
    };
    const term = (): boolean => {
        if (take("(")) {
            const found = either();
            require(")");
            return found;
        }
        const value = getPath(event, (next() ?? "").replace(/^\$\./, ""));
        const sign = next();
        switch (sign) {
            case "=":
                return equals(value, next() ?? "");
            case "IS TRUE":
                return value === true;
            case "IS FALSE":
                return value === false;
            case "NOT EXISTS":
                return value === undefined;
            default:
                throw new Error(`CloudWatch Logs refuses ${pattern}: ${String(sign)} after a field`);
        }
    };
    require("{");
    const result = either();
    require("}");
    return result;
}

function tokensOf(pattern: string): string[] {
    const tokens: string[] = [];
    token.lastIndex = 0;
    for (let found = token.exec(pattern); found !== null; found = token.exec(pattern)) {
        tokens.push(found[1] ?? "");
    }
    if (tokens.join("").replace(/\s/g, "") !== pattern.replace(/\s/g, "")) {
        throw new Error(`unknown in the pattern ${pattern}, after ${tokens.join(" ")}`);
    }
    return tokens;
}

/** A `*` stands for any text. */
const equals = (value: unknown, quoted: string): boolean =>
    typeof value === "string" &&
    new RegExp(`^${quoted.slice(1, -1).split("*").map(escapeRegExp).join(".*")}$`).test(value);
