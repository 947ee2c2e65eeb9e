/**
 * How a service recognizes a request of the merchants' API, and its merchant. The load balancer is public, and a client can send it
 * every header. The integration of API Gateway therefore sends a token that no client has, and overwrites what a client
 * sends in these headers. The API's integration, the secret and the services have the token; who may read the API in API Gateway or
 * the records of CloudTrail sees it (docs/design.md, "Services know the merchants' API by a token").
 */

export const gatewayTokenHeader = "x-gateway-token";

/** Header with the ID of the API key that API Gateway has checked (`context.identity.apiKeyId`). */
export const apiKeyIdHeader = "x-api-key-id";

/** Characters that a token has at least: a service refuses a secret with a shorter one. */
export const minGatewayTokenLength = 32;

/** Value, as JSON, of the secret whose ARN is in the variable `GATEWAY_SECRET_ARN` (contract/container.ts). */
export interface GatewaySecret {
    /** Tokens that services accept, the one that the API sends first: during a rotation there are two. */
    readonly tokens: readonly string[];
    /** Names of the merchants by the IDs of their API keys; during the rotation of a key, both IDs name the merchant. */
    readonly merchants: Readonly<Record<string, string>>;
}
