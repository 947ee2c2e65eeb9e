import { readFileSync } from "node:fs";
import { apiKeyIdOf, type ProxyEvent } from "./http.ts";

/** By merchant: IDs of its API keys, of which a rotation needs two. */
export type KeyIds = Readonly<Record<string, readonly string[]>>;

/** Names of the merchants by the IDs of their API keys. */
export type Merchants = ReadonlyMap<string, string>;

/**
 * File beside the code with `KeyIds`, as JSON. It is no environment variable, since all variables of a function may have 4 KB
 * together (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and no secret, since the ID of a key is none.
 */
export const merchantsFile = "merchants.json";

/** Reads the file once, at cold start. */
export const readMerchants = (folder: string | undefined): Merchants =>
    new Map(
        Object.entries(JSON.parse(readFileSync(`${folder ?? "."}/${merchantsFile}`, "utf8")) as KeyIds).flatMap(
            ([merchant, ids]) => ids.map((id) => [id, merchant] as const),
        ),
    );

/**
 * Whether the caller may record payments of a merchant: by the API key that API Gateway has checked. The load balancer knows no
 * merchant, so a stack that lets it invoke the function trusts whoever calls (`validation.albPriority`).
 */
export const actsFor = (merchants: Merchants, event: ProxyEvent, merchantId: string): boolean =>
    event.requestContext?.elb !== undefined || merchants.get(apiKeyIdOf(event)) === merchantId;
