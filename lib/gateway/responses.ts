import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { exposedHeaders } from "../../validator/http.ts";
import { problemMediaType, problemText } from "../../validator/problem.ts";
import { nameOf, type Scope } from "../scope.ts";
import { allowedOriginHeader, type CorsOrigins } from "./cors.ts";
import type { ApiDefinition } from "./definition.ts";

interface GatewayResponse {
    /**
     * HTTP status.
     * @default AWS's status of the response type
     */
    readonly status?: number;
    /** Problem type of RFC 9457, after `urn:payment-platform:problem:`, as in the validator's responses. */
    readonly kind: string;
    readonly title: string;
    readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Responses of API Gateway itself, by response type
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html). AWS's default texts
 * repeat parts of the request, which may be card data.
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
    // The response type for a path or method that does not exist.
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
 * Makes every error response a constant problem document (RFC 9457) without text of the request. With several CORS origins it
 * has no CORS header: gateway responses have no templates, and returning any caller's origin would allow every site.
 */
export function defineGatewayResponses(
    definition: ApiDefinition,
    { scope, origins, restApiId }: { scope: Scope; origins: CorsOrigins; restApiId: pulumi.Input<string> },
): void {
    const allowedOrigin = allowedOriginHeader(origins);
    const corsHeaders =
        Object.keys(allowedOrigin).length === 0
            ? {}
            : { ...allowedOrigin, "Access-Control-Expose-Headers": exposedHeaders };
    for (const [responseType, { status, kind, title, headers }] of Object.entries(gatewayResponses)) {
        const noun = `gateway-${responseType.toLowerCase().replaceAll("_", "-")}`;
        const all = {
            // Else that of the template, application/json.
            "Content-Type": problemMediaType,
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            ...corsHeaders,
            ...headers,
        };
        definition.add(aws.apigateway.Response, nameOf(scope, noun), {
            restApiId,
            responseType,
            statusCode: status === undefined ? undefined : `${status}`,
            responseTemplates: {
                "application/json": problemText(kind, { title, status }),
            },
            responseParameters: Object.fromEntries(
                Object.entries(all).map(([header, value]) => [`gatewayresponse.header.${header}`, `'${value}'`]),
            ),
        });
    }
}
