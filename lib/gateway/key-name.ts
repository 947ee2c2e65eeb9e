import { nameOf, type Scope } from "../scope.ts";

/** Name of a merchant's API key. No merchant's name begins with a digit, so no two keys of a stack have one name. */
export const merchantKeyName = (scope: Pick<Scope, "suffix">, merchant: string, version: number): string =>
    nameOf(scope, version === 1 ? `gateway-merchant-${merchant}` : `gateway-key-${version}-${merchant}`);

/** Name of a token with which services recognize the API. */
export const gatewayTokenName = (scope: Pick<Scope, "suffix">, version: number): string =>
    nameOf(scope, version === 1 ? "gateway-token" : `gateway-token-${version}`);
