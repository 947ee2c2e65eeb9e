import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "@jest/globals";
import { accessLogFormat } from "../../../lib/gateway/stage.ts";
import { inputsOf, nodeNamed } from "../../recorder.ts";
import { keys, namesOf, onlyNode, types } from "../parts.ts";
import { component, kinds, name, planned } from "./parts.ts";

/** A stack whose account lets API Gateway write logs. */
const logging = () =>
    planned(() => ({ loggingReady: new aws.apigateway.Account("account", { cloudwatchRoleArn: "role" }).id }));
const stageName = "payment-gateway-stage-test";

test("the stage is traced, has a certificate to show and caches nothing", async () => {
    const plan = await planned();
    const stage = onlyNode(plan, kinds.stage);
    expect(stage.inputs).toMatchObject({
        stageName: "v1",
        restApi: onlyNode(plan, kinds.api).id,
        xrayTracingEnabled: true,
        clientCertificateId: onlyNode(plan, kinds.certificate).id,
    });
    expect(stage.inputs).not.toHaveProperty("cacheClusterEnabled");
});

test("every method is held to the stack's limits, measured and never traced with its data", async () => {
    const gateway = { ratePerSecond: 123, burst: 456 };
    const plan = await planned({ gateway });
    expect(inputsOf(plan, kinds.methodSettings)).toEqual([
        {
            restApi: onlyNode(plan, kinds.api).id,
            stageName: "v1",
            methodPath: "*/*",
            settings: {
                throttlingRateLimit: 123,
                throttlingBurstLimit: 456,
                metricsEnabled: true,
                loggingLevel: "OFF",
                dataTraceEnabled: false,
            },
        },
    ]);
});

test("where the account lets the API write logs it logs errors, still without data", async () => {
    expect(onlyNode(await logging(), kinds.methodSettings).inputs.settings).toMatchObject({
        loggingLevel: "ERROR",
        dataTraceEnabled: false,
    });
});

test("stage and settings come after the account's role", async () => {
    const plan = await logging();
    const account = nodeNamed(plan, "account").urn;
    expect(onlyNode(plan, kinds.stage).propertyDependencies.accessLogSettings).toContain(account);
    expect(onlyNode(plan, kinds.methodSettings).propertyDependencies.settings).toContain(account);
});

test("the logs are kept as long as others, encrypted, and there before the stage", async () => {
    const plan = await logging();
    const access = nodeNamed(plan, "payment-gateway-access-test", types.logGroup);
    const execution = nodeNamed(plan, "payment-gateway-execution-test", types.logGroup);
    const kept = { kmsKeyId: keys.logs, retentionInDays: 30 };
    expect(access.inputs).toEqual({ name: "/aws/vendedlogs/apigateway/payment-gateway-test", ...kept });
    expect(execution.inputs).toEqual({
        name: `API-Gateway-Execution-Logs_${onlyNode(plan, kinds.api).id}/v1`,
        ...kept,
    });
    const stage = onlyNode(plan, kinds.stage);
    expect(stage.inputs.accessLogSettings).toEqual({ destinationArn: access.outputs.arn, format: accessLogFormat });
    expect(stage.dependencies).toEqual(expect.arrayContaining([access.urn, execution.urn]));
    expect(nodeNamed(plan, name, component).outputs.logGroupNames).toEqual([
        access.inputs.name,
        execution.inputs.name,
        "aws-waf-logs-payment-gateway-firewall-test",
    ]);
});

test("where the account does not, there is no log and no group that stays empty", async () => {
    const plan = await planned();
    expect(onlyNode(plan, kinds.stage).inputs).not.toHaveProperty("accessLogSettings");
    expect(namesOf(plan, types.logGroup)).toEqual(["payment-gateway-firewall-test"]);
    expect(nodeNamed(plan, name, component).outputs.logGroupNames).toEqual([
        "aws-waf-logs-payment-gateway-firewall-test",
    ]);
});

test("a role that is there already is taken as it is", async () => {
    const plan = await planned(() => ({ loggingReady: pulumi.output("adopted") }));
    expect(onlyNode(plan, kinds.methodSettings).inputs.settings).toMatchObject({ loggingLevel: "ERROR" });
});

test("a line of the log says who, what and how it went, in words that no caller chooses", () => {
    expect(JSON.parse(accessLogFormat)).toEqual({
        requestId: "$context.extendedRequestId",
        time: "$context.requestTime",
        ip: "$context.identity.sourceIp",
        apiKeyId: "$context.identity.apiKeyId",
        method: "$context.httpMethod",
        resource: "$context.resourcePath",
        status: "$context.status",
        error: "$context.error.responseType",
        firewall: "$context.wafResponseCode",
        tls: "$context.tlsVersion",
        latencyMs: "$context.responseLatency",
        integrationRequestId: "$context.integration.requestId",
        integrationStatus: "$context.integration.status",
        integrationLatencyMs: "$context.integration.latency",
        responseBytes: "$context.responseLength",
    });
});

test.each([
    "$context.path",
    "$context.requestId",
    '$context.identity.apiKey"',
    "$context.identity.userAgent",
    "$context.error.message",
    "$context.error.validationErrorString",
    "$context.xrayTraceId",
    "$input",
])("the log never holds %s, which callers fill", (variable) => {
    expect(accessLogFormat).not.toContain(variable);
});

test("a web firewall stands before the stage", async () => {
    const plan = await planned();
    const firewall = nodeNamed(plan, "payment-gateway-firewall-test", "aws:wafv2/webAcl:WebAcl");
    expect(inputsOf(plan, "aws:wafv2/webAclAssociation:WebAclAssociation")).toEqual([
        { resourceArn: onlyNode(plan, kinds.stage).outputs.arn, webAclArn: firewall.outputs.arn },
    ]);
    expect(nodeNamed(plan, stageName, "payment:index:Stage").outputs.arn).toBe(onlyNode(plan, kinds.stage).outputs.arn);
});
