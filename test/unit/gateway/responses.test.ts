import { expect, test } from "@jest/globals";
import { gatewayResponses } from "../../../lib/gateway/responses.ts";
import { inputsOf, findNode } from "../../recorder.ts";
import { parseJsonValue } from "../fixtures.ts";
import { gatewayTypes, planGateway } from "./fixtures.ts";

const origin = "gatewayresponse.header.Access-Control-Allow-Origin";
const exposed = "gatewayresponse.header.Access-Control-Expose-Headers";
const refused = async (corsOrigins: string[] = []) =>
    inputsOf(await planGateway({ gateway: { corsOrigins } }), gatewayTypes.refusal);

test.each([
    ["DEFAULT_4XX", undefined, "refused"],
    ["DEFAULT_5XX", undefined, "failed"],
    ["ACCESS_DENIED", 403, "forbidden"],
    ["API_CONFIGURATION_ERROR", 500, "failed"],
    ["BAD_REQUEST_BODY", 400, "invalid-request"],
    ["BAD_REQUEST_PARAMETERS", 400, "invalid-request"],
    ["INTEGRATION_FAILURE", 504, "unavailable"],
    ["INTEGRATION_TIMEOUT", 504, "unavailable"],
    ["INVALID_API_KEY", 403, "forbidden"],
    ["MISSING_AUTHENTICATION_TOKEN", 404, "not-found"],
    ["QUOTA_EXCEEDED", 429, "quota-exceeded"],
    ["REQUEST_TOO_LARGE", 413, "too-large"],
    ["RESOURCE_NOT_FOUND", 404, "not-found"],
    ["THROTTLED", 429, "throttled"],
    ["UNAUTHORIZED", 401, "unauthorized"],
    ["UNSUPPORTED_MEDIA_TYPE", 415, "media-type"],
    ["WAF_FILTERED", 403, "forbidden"],
])("%s is answered with %s and a problem document", async (type, status, kind) => {
    const answer = findNode(
        await planGateway(),
        `payment-gateway-${type.toLowerCase().replaceAll("_", "-")}-test`,
        gatewayTypes.refusal,
    ).inputs;
    expect(answer.responseType).toBe(type);
    expect(answer.statusCode).toBe(status === undefined ? undefined : `${status}`);
    const templates = answer.responseTemplates as Record<string, string>;
    expect(Object.keys(templates)).toEqual(["application/json"]);
    const document = parseJsonValue(templates["application/json"]) as Record<string, unknown>;
    expect(document.type).toBe(`urn:payment-platform:problem:${kind}`);
    expect(document.status).toBe(status);
    expect(document.title).toMatch(/^[A-Z][A-Za-z ]+$/);
});

test("no error response repeats a part of the request: all texts are constant", async () => {
    const answers = await refused(["https://a.example.com", "https://b.example.com"]);
    expect(answers).toHaveLength(Object.keys(gatewayResponses).length);
    for (const { responseTemplates, responseParameters } of answers) {
        expect(JSON.stringify(responseTemplates)).not.toContain("$");
        for (const header of Object.values(responseParameters as Record<string, string>)) {
            expect(header).toMatch(/^'[^'$]*'$/);
        }
    }
});

test("error responses are not cached, and have the right media type", async () => {
    const answers = await refused();
    expect(answers.length).toBeGreaterThan(0);
    for (const { responseParameters } of answers) {
        expect(responseParameters).toMatchObject({
            "gatewayresponse.header.Cache-Control": "'no-store'",
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.X-Content-Type-Options": "'nosniff'",
        });
    }
});

test("only a throttled caller gets Retry-After, with one second", async () => {
    const told = (await refused()).filter(
        ({ responseParameters }) =>
            (responseParameters as Record<string, string>)["gatewayresponse.header.Retry-After"] === "'1'",
    );
    expect(told.map(({ responseType }) => responseType)).toEqual(["THROTTLED"]);
});

test.each([
    [["https://a.example.com"], "'https://a.example.com'"],
    [["*"], "'*'"],
    [[], undefined],
    [["https://a.example.com", "https://b.example.com"], undefined],
])("pages of %j may read error responses: %s", async (corsOrigins, header) => {
    const answers = await refused(corsOrigins);
    expect(answers.length).toBeGreaterThan(0);
    for (const { responseParameters } of answers) {
        const headers = responseParameters as Record<string, string>;
        expect(headers[origin]).toBe(header);
        // Also when to try again.
        expect(headers[exposed]).toBe(
            header === undefined ? undefined : "'X-Correlation-Id, Idempotent-Replayed, Retry-After'",
        );
    }
});
