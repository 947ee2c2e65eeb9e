import type * as pulumi from "@pulumi/pulumi";
import { Gateway } from "../../../lib/gateway.ts";
import type { Scope } from "../../../lib/scope.ts";
import { settingsSchema, type ServiceSettings, type Settings } from "../../../lib/settings/schema.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { nodesOf, record } from "../../recorder.ts";
import { account, keys, logs, scopeOf, servicesOf, text, wafSettings } from "../parts.ts";

export const name = "payment-gateway-test";
export const component = "payment:index:Gateway";
export const loadBalancerArn = `arn:aws:elasticloadbalancing:eu-west-1:${account}:loadbalancer/app/payment/1`;
export const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:payment-validator-test`;
export const invokeArn = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
export const certificateName = "pay.example.com";

export const selfSigned = { source: "self-signed" } as const;
export const issued = { source: "dns", domainName: certificateName, zoneName: "example.com" } as const;

const api = (noun: string) => `aws:apigateway/${noun}:${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
/** Types of what an API is made of, by a short word. */
export const kinds = {
    api: api("restApi"),
    deployment: api("deployment"),
    integration: api("integration"),
    integrationResponse: api("integrationResponse"),
    key: api("apiKey"),
    method: api("method"),
    methodResponse: api("methodResponse"),
    methodSettings: api("methodSettings"),
    model: api("model"),
    plan: api("usagePlan"),
    planKey: api("usagePlanKey"),
    refusal: api("response"),
    resource: api("resource"),
    stage: api("stage"),
    validator: api("requestValidator"),
    certificate: api("clientCertificate"),
    link: "aws:apigatewayv2/vpcLink:VpcLink",
    permission: "aws:lambda/permission:Permission",
} as const;

export interface Changes {
    scope?: Partial<Scope>;
    gateway?: Parameters<typeof settingsSchema.shape.gateway.parse>[0];
    services?: Record<string, Partial<ServiceSettings>>;
    certificate?: Settings["certificate"];
    loggingReady?: pulumi.Output<unknown>;
    certificateName?: string;
    subnetIds?: string[];
}

/** The gateway of a stack with one service, `api`, that logs nothing and lets no web page call, unless a test says so. */
export const planned = (changes: Changes | (() => Changes) = {}): Promise<Plan> =>
    record(() => {
        const given = typeof changes === "function" ? changes() : changes;
        return new Gateway(name, {
            scope: scopeOf(given.scope),
            settings: {
                gateway: settingsSchema.shape.gateway.parse(given.gateway ?? {}),
                services: servicesOf(given.services ?? { api: {} }),
                certificate: given.certificate ?? issued,
                waf: wafSettings(),
            },
            subnetIds: given.subnetIds ?? ["subnet-1", "subnet-2"],
            securityGroupId: "sg-gateway",
            loadBalancer: { arn: loadBalancerArn, certificateName: given.certificateName ?? certificateName },
            validator: { functionArn, invokeArn },
            keyArn: keys.data,
            logs,
            loggingReady: given.loggingReady,
        });
    });

/** `ANY /api/{proxy+}` for each method of a plan, with the method itself. */
export function methodsOf(plan: Plan): Map<string, PlanNode> {
    const resources = new Map(nodesOf(plan, kinds.resource).map((node) => [node.id, node]));
    const pathOf = (id: unknown): string => {
        const resource = resources.get(String(id));
        return resource === undefined ? "" : `${pathOf(resource.inputs.parentId)}/${text(resource.inputs.pathPart)}`;
    };
    return new Map(
        nodesOf(plan, kinds.method).map((node) => [
            `${text(node.inputs.httpMethod)} ${pathOf(node.inputs.resourceId)}`,
            node,
        ]),
    );
}

/** What answers a method, such as `ANY /api`. */
export function integrationOf(plan: Plan, method: string): PlanNode {
    const asked = methodsOf(plan).get(method);
    const found = nodesOf(plan, kinds.integration).find(
        ({ inputs }) =>
            inputs.resourceId === asked?.inputs.resourceId && inputs.httpMethod === asked?.inputs.httpMethod,
    );
    if (asked === undefined || found === undefined) {
        throw new Error(`nothing answers ${method}, but ${[...methodsOf(plan).keys()].join(", ")}`);
    }
    return found;
}
