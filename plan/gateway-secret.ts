import { isPlainObject, itemsOf, toText } from "./query.ts";

/** The tokens in the secret of the merchants' API (`contract/gateway.ts`), the current one first; none in another secret. */
export function tokensOf(secret: unknown): string[] {
    try {
        const content: unknown = JSON.parse(typeof secret === "string" ? secret : "");
        return isPlainObject(content) ? itemsOf(content.tokens).map(toText) : [];
    } catch {
        return [];
    }
}
