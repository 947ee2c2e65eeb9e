import type * as pulumi from "@pulumi/pulumi";
import { Gateway } from "../../../lib/gateway.ts";
import type { Scope } from "../../../lib/scope.ts";
import { settingsSchema, type Settings } from "../../../lib/settings/schema.ts";
import { Secret, type Plan, type PlanNode, type Values } from "../../../plan/plan.ts";
import { componentPlanner, nodesOf } from "../../recorder.ts";
import { accountId, keyArns, logs, testScope, plainTextOf, wafSettings } from "../fixtures.ts";

export const gatewayName = "payment-gateway-test";
export const gatewayType = "payment:index:Gateway";
export const loadBalancerArn = `arn:aws:elasticloadbalancing:eu-west-1:${accountId}:loadbalancer/app/payment/1`;
export const functionArn = `arn:aws:lambda:eu-west-1:${accountId}:function:payment-validator-test`;
export const invokeArn = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
export const certificateName = "pay.example.com";

export const selfSignedCertificate = { source: "self-signed" } as const;
export const dnsCertificate = { source: "dns", domainName: certificateName, zoneName: "example.com" } as const;

const apiGatewayType = (noun: string) => `aws:apigateway/${noun}:${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
/** Types of what an API is made of, by a short word. */
export const gatewayTypes = {
    api: apiGatewayType("restApi"),
    deployment: apiGatewayType("deployment"),
    integration: apiGatewayType("integration"),
    integrationResponse: apiGatewayType("integrationResponse"),
    key: apiGatewayType("apiKey"),
    method: apiGatewayType("method"),
    methodResponse: apiGatewayType("methodResponse"),
    methodSettings: apiGatewayType("methodSettings"),
    model: apiGatewayType("model"),
    plan: apiGatewayType("usagePlan"),
    planKey: apiGatewayType("usagePlanKey"),
    refusal: apiGatewayType("response"),
    resource: apiGatewayType("resource"),
    stage: apiGatewayType("stage"),
    validator: apiGatewayType("requestValidator"),
    certificate: apiGatewayType("clientCertificate"),
    link: "aws:apigatewayv2/vpcLink:VpcLink",
    permission: "aws:lambda/permission:Permission",
} as const;

export interface GatewayChanges {
    scope?: Partial<Scope>;
    gateway?: Parameters<typeof settingsSchema.shape.gateway.parse>[0];
    certificate?: Settings["certificate"];
    loggingReady?: pulumi.Output<unknown>;
    certificateName?: string;
    subnetIds?: string[];
}

/** The gateway of a stack without logs and web origins, unless a test says so. */
export const createGateway = (changes: GatewayChanges = {}): Gateway =>
    new Gateway(gatewayName, {
        scope: testScope(changes.scope),
        settings: {
            gateway: settingsSchema.shape.gateway.parse(changes.gateway ?? {}),
            certificate: changes.certificate ?? dnsCertificate,
            waf: wafSettings(),
        },
        subnetIds: changes.subnetIds ?? ["subnet-1", "subnet-2"],
        securityGroupId: "sg-gateway",
        loadBalancer: { arn: loadBalancerArn, certificateName: changes.certificateName ?? certificateName },
        validator: { functionArn, invokeArn },
        keyArn: keyArns.data,
        logs,
        loggingReady: changes.loggingReady,
    });
export const planGateway = componentPlanner(createGateway);

/** `ANY /api/{proxy+}` for each method of a plan, with the method itself. */
export function methodsOf(plan: Plan): Map<string, PlanNode> {
    const resources = new Map(nodesOf(plan, gatewayTypes.resource).map((node) => [node.id, node]));
    const pathOf = (id: unknown): string => {
        const resource = resources.get(String(id));
        return resource === undefined
            ? ""
            : `${pathOf(resource.inputs.parentId)}/${plainTextOf(resource.inputs.pathPart)}`;
    };
    return new Map(
        nodesOf(plan, gatewayTypes.method).map((node) => [
            `${plainTextOf(node.inputs.httpMethod)} ${pathOf(node.inputs.resourceId)}`,
            node,
        ]),
    );
}

/** What answers a method, such as `ANY /api`. */
export function integrationOf(plan: Plan, method: string): PlanNode {
    const methodNode = methodsOf(plan).get(method);
    const found = nodesOf(plan, gatewayTypes.integration).find(
        ({ inputs }) =>
            inputs.resourceId === methodNode?.inputs.resourceId && inputs.httpMethod === methodNode?.inputs.httpMethod,
    );
    if (methodNode === undefined || found === undefined) {
        throw new Error(`nothing answers ${method}, but ${[...methodsOf(plan).keys()].join(", ")}`);
    }
    return found;
}

/** What the integration of a method sets in its requests, with secrets as text. */
export const requestParametersOf = (plan: Plan, method: string): Record<string, string> =>
    Object.fromEntries(
        Object.entries((integrationOf(plan, method).inputs.requestParameters ?? {}) as Values).map(([name, value]) => [
            name,
            plainTextOf(value instanceof Secret ? value.value : value),
        ]),
    );
