import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { nameOf, type Scope } from "../scope.ts";
import { allowedOriginHeader, type CorsOrigins } from "./cors.ts";
import type { ApiDefinition } from "./definition.ts";

interface GatewayResponse {
    /** HTTP status; AWS's own when left out. */
    readonly status?: number;
    /** What programs know it by, after `urn:payment-platform:problem:`, as in the validator's answers. */
    readonly kind: string;
    readonly title: string;
    readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What the API says when it refuses a request by itself, by AWS's type of refusal
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html). AWS's own texts
 * repeat parts of the request, and those may be card data.
 */
export const gatewayResponses: Readonly<Record<string, GatewayResponse>> = {
    DEFAULT_4XX: { kind: "refused", title: "The request was refused" },
    DEFAULT_5XX: { kind: "failed", title: "The request could not be served" },
    ACCESS_DENIED: { status: 403, kind: "forbidden", title: "The request is not allowed" },
    API_CONFIGURATION_ERROR: { status: 500, kind: "failed", title: "The request could not be served" },
    BAD_REQUEST_BODY: { status: 400, kind: "invalid-request", title: "The body breaks the rules of this resource" },
    BAD_REQUEST_PARAMETERS: { status: 400, kind: "invalid-request", title: "A required header is missing" },
    INTEGRATION_FAILURE: { status: 504, kind: "unavailable", title: "The service did not answer" },
    INTEGRATION_TIMEOUT: { status: 504, kind: "unavailable", title: "The service did not answer in time" },
    INVALID_API_KEY: { status: 403, kind: "forbidden", title: "The API key is missing or not valid" },
    // So AWS calls a path or method that is not there.
    MISSING_AUTHENTICATION_TOKEN: { status: 404, kind: "not-found", title: "There is nothing here" },
    QUOTA_EXCEEDED: { status: 429, kind: "quota-exceeded", title: "The requests of this day are used up" },
    REQUEST_TOO_LARGE: { status: 413, kind: "too-large", title: "The body is too large" },
    RESOURCE_NOT_FOUND: { status: 404, kind: "not-found", title: "There is nothing here" },
    THROTTLED: {
        status: 429,
        kind: "throttled",
        title: "Too many requests at once",
        // Seconds.
        headers: { "Retry-After": "1" },
    },
    UNAUTHORIZED: { status: 401, kind: "unauthorized", title: "The caller is not known" },
    UNSUPPORTED_MEDIA_TYPE: { status: 415, kind: "media-type", title: "The media type is not supported" },
    WAF_FILTERED: { status: 403, kind: "forbidden", title: "The request is not allowed" },
};

/**
 * Makes every refusal a constant problem document (RFC 9457) without a word of the request. With several origins it carries
 * none: these answers know no templates, and one that repeats whatever origin asks would open them to every page.
 */
export function defineGatewayResponses(
    definition: ApiDefinition,
    { scope, origins, restApiId }: { scope: Scope; origins: CorsOrigins; restApiId: pulumi.Input<string> },
): void {
    for (const [responseType, { status, kind, title, headers }] of Object.entries(gatewayResponses)) {
        const noun = `gateway-${responseType.toLowerCase().replaceAll("_", "-")}`;
        const all = {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            ...allowedOriginHeader(origins),
            ...headers,
        };
        definition.add(aws.apigateway.Response, nameOf(scope, noun), {
            restApiId,
            responseType,
            statusCode: status === undefined ? undefined : `${status}`,
            responseTemplates: {
                "application/json": JSON.stringify({ type: `urn:payment-platform:problem:${kind}`, title, status }),
            },
            responseParameters: Object.fromEntries(
                Object.entries(all).map(([header, value]) => [`gatewayresponse.header.${header}`, `'${value}'`]),
            ),
        });
    }
}
