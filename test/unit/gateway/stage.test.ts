import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "@jest/globals";
import { accessLogFormat } from "../../../lib/gateway/stage.ts";
import { inputsOf, findNode, planComponent } from "../../recorder.ts";
import { keyArns, logicalNamesOf, onlyNode, typeTokens } from "../fixtures.ts";
import { createGateway, gatewayType, gatewayTypes, gatewayName, planGateway } from "./fixtures.ts";

/** A stack whose account allows API Gateway to write logs. */
const logging = () =>
    planComponent(() =>
        createGateway({ loggingReady: new aws.apigateway.Account("account", { cloudwatchRoleArn: "role" }).id }),
    );
const stageName = "payment-gateway-stage-test";

test("the stage has a client certificate, is not traced, and caches nothing", async () => {
    const plan = await planGateway();
    const stage = onlyNode(plan, gatewayTypes.stage);
    expect(stage.inputs).toMatchObject({
        stageName: "v1",
        restApi: onlyNode(plan, gatewayTypes.api).id,
        xrayTracingEnabled: false,
        clientCertificateId: onlyNode(plan, gatewayTypes.certificate).id,
    });
    expect(stage.inputs).not.toHaveProperty("cacheClusterEnabled");
});

test("every method has the stack's throttling limits, no metrics that cost, and no data trace", async () => {
    const gateway = { ratePerSecond: 123, burst: 456 };
    const plan = await planGateway({ gateway });
    expect(inputsOf(plan, gatewayTypes.methodSettings)).toEqual([
        {
            restApi: onlyNode(plan, gatewayTypes.api).id,
            stageName: "v1",
            methodPath: "*/*",
            settings: {
                throttlingRateLimit: 123,
                throttlingBurstLimit: 456,
                metricsEnabled: false,
                loggingLevel: "OFF",
                dataTraceEnabled: false,
            },
        },
    ]);
});

test("with an account role for logs the API logs errors, without request data", async () => {
    expect(onlyNode(await logging(), gatewayTypes.methodSettings).inputs.settings).toMatchObject({
        loggingLevel: "ERROR",
        dataTraceEnabled: false,
    });
});

test("stage and settings depend on the account's role", async () => {
    const plan = await logging();
    const account = findNode(plan, "account").urn;
    expect(onlyNode(plan, gatewayTypes.stage).propertyDependencies.accessLogSettings).toContain(account);
    expect(onlyNode(plan, gatewayTypes.methodSettings).propertyDependencies.settings).toContain(account);
});

test("the logs are encrypted, kept as long as others, and exist before the stage", async () => {
    const plan = await logging();
    const access = findNode(plan, "payment-gateway-access-test", typeTokens.logGroup);
    const execution = findNode(plan, "payment-gateway-execution-test", typeTokens.logGroup);
    const kept = { kmsKeyId: keyArns.logs, retentionInDays: 30 };
    expect(access.inputs).toEqual({ name: "/aws/vendedlogs/apigateway/payment-gateway-test", ...kept });
    expect(execution.inputs).toEqual({
        name: `API-Gateway-Execution-Logs_${onlyNode(plan, gatewayTypes.api).id}/v1`,
        ...kept,
    });
    const stage = onlyNode(plan, gatewayTypes.stage);
    expect(stage.inputs.accessLogSettings).toEqual({ destinationArn: access.outputs.arn, format: accessLogFormat });
    expect(stage.dependencies).toEqual(expect.arrayContaining([access.urn, execution.urn]));
    expect(findNode(plan, gatewayName, gatewayType).outputs.logGroupNames).toEqual([
        access.inputs.name,
        execution.inputs.name,
        "aws-waf-logs-payment-gateway-firewall-test",
    ]);
});

test("without an account role there is no access log and no empty log group", async () => {
    const plan = await planGateway();
    expect(onlyNode(plan, gatewayTypes.stage).inputs).not.toHaveProperty("accessLogSettings");
    expect(logicalNamesOf(plan, typeTokens.logGroup)).toEqual(["payment-gateway-firewall-test"]);
    expect(findNode(plan, gatewayName, gatewayType).outputs.logGroupNames).toEqual([
        "aws-waf-logs-payment-gateway-firewall-test",
    ]);
});

test("an existing role is used unchanged", async () => {
    const plan = await planComponent(() => createGateway({ loggingReady: pulumi.output("adopted") }));
    expect(onlyNode(plan, gatewayTypes.methodSettings).inputs.settings).toMatchObject({ loggingLevel: "ERROR" });
});

test("a line of the access log says who, what and the result, in fields that no caller can set", () => {
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
])("the access log never contains %s, which callers set", (variable) => {
    expect(accessLogFormat).not.toContain(variable);
});

test("the stage has a web ACL", async () => {
    const plan = await planGateway();
    const firewall = findNode(plan, "payment-gateway-firewall-test", "aws:wafv2/webAcl:WebAcl");
    expect(inputsOf(plan, "aws:wafv2/webAclAssociation:WebAclAssociation")).toEqual([
        { resourceArn: onlyNode(plan, gatewayTypes.stage).outputs.arn, webAclArn: firewall.outputs.arn },
    ]);
    expect(findNode(plan, stageName, "payment:index:Stage").outputs.arn).toBe(
        onlyNode(plan, gatewayTypes.stage).outputs.arn,
    );
});
