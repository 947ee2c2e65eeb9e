import {
    CreateApiKeyCommand,
    CreateAuthorizerCommand,
    CreateBasePathMappingCommand,
    CreateDeploymentCommand,
    CreateDomainNameCommand,
    CreateModelCommand,
    CreateRequestValidatorCommand,
    CreateResourceCommand,
    CreateStageCommand,
    CreateUsagePlanCommand,
    CreateUsagePlanKeyCommand,
    DeleteApiKeyCommand,
    DeleteAuthorizerCommand,
    DeleteBasePathMappingCommand,
    DeleteDeploymentCommand,
    DeleteGatewayResponseCommand,
    DeleteModelCommand,
    DeleteRequestValidatorCommand,
    DeleteResourceCommand,
    DeleteStageCommand,
    DeleteUsagePlanCommand,
    DeleteUsagePlanKeyCommand,
    PutGatewayResponseCommand,
    PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import {
    AddListenerCertificatesCommand,
    CreateListenerCommand,
    CreateRuleCommand,
    DeleteListenerCommand,
    DeleteRuleCommand,
    DeregisterTargetsCommand,
    RegisterTargetsCommand,
    RemoveListenerCertificatesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { requireResponse, type ManualAddition } from "./addition.ts";

const balancer = "lb/loadBalancer:LoadBalancer";
const listener = "lb/listener:Listener";
const targetGroup = "lb/targetGroup:TargetGroup";
const api = "apigateway/restApi:RestApi";
const stage = "apigateway/stage:Stage";
const usagePlan = "apigateway/usagePlan:UsagePlan";

const loadBalancerAdditions: readonly ManualAddition[] = [
    {
        under: balancer,
        item: "listener",
        opens: /^who reaches payment-dev by HTTP on port 8443 is led to arn:aws:elasticloadbalancing:/,
        add: async ({ elb }, find) => {
            const { Listeners: [made] = [] } = await elb.send(
                new CreateListenerCommand({
                    LoadBalancerArn: find(balancer).arn,
                    Protocol: "HTTP",
                    Port: 8443,
                    DefaultActions: [{ Type: "forward", TargetGroupArn: find(targetGroup).arn }],
                }),
            );
            const ListenerArn = requireResponse(made?.ListenerArn);
            return { key: ListenerArn, remove: () => elb.send(new DeleteListenerCommand({ ListenerArn })) };
        },
    },
    {
        under: listener,
        item: "rule",
        opens: /^requests with path-pattern \/by-hand.* are led to arn:.*, at priority 4321$/,
        add: async ({ elb }, find) => {
            const { Rules: [made] = [] } = await elb.send(
                new CreateRuleCommand({
                    ListenerArn: find(listener).arn,
                    Priority: 4321,
                    Conditions: [{ Field: "path-pattern", Values: ["/by-hand"] }],
                    Actions: [{ Type: "forward", TargetGroupArn: find(targetGroup).arn }],
                }),
            );
            const RuleArn = requireResponse(made?.RuleArn);
            return { key: RuleArn, remove: () => elb.send(new DeleteRuleCommand({ RuleArn })) };
        },
    },
    {
        under: listener,
        item: "certificate",
        opens: /^the listener also answers for the names of arn:aws:acm:/,
        add: async ({ elb }, find) => {
            const CertificateArn =
                "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";
            const at = { ListenerArn: find(listener).arn, Certificates: [{ CertificateArn }] };
            await elb.send(new AddListenerCertificatesCommand(at));
            return { key: CertificateArn, remove: () => elb.send(new RemoveListenerCertificatesCommand(at)) };
        },
    },
    {
        under: targetGroup,
        item: "target",
        opens: /^10\.0\.1\.99 gets requests that are meant for api-dev$/,
        add: async ({ elb }, find) => {
            const at = { TargetGroupArn: find(targetGroup, "api-dev").arn, Targets: [{ Id: "10.0.1.99" }] };
            await elb.send(new RegisterTargetsCommand(at));
            return { key: "10.0.1.99", remove: () => elb.send(new DeregisterTargetsCommand(at)) };
        },
    },
];

const apiGatewayAdditions: readonly ManualAddition[] = [
    {
        under: api,
        item: "part",
        opens: /^nothing, until it has a method$|^anybody on the internet may call GET \/by-hand, once the API is deployed$/,
        add: async ({ apiGateway }, find) => {
            const { id: restApiId, text } = find(api);
            const { id: resourceId } = await apiGateway.send(
                new CreateResourceCommand({ restApiId, parentId: text("rootResourceId"), pathPart: "by-hand" }),
            );
            const at = { restApiId, resourceId: requireResponse(resourceId) };
            await apiGateway.send(new PutMethodCommand({ ...at, httpMethod: "GET", authorizationType: "NONE" }));
            return { key: at.resourceId, remove: () => apiGateway.send(new DeleteResourceCommand(at)) };
        },
    },
    {
        under: api,
        item: "stage",
        opens: /^the API is offered at https:\/\/\w+\.execute-api\.us-east-1\.amazonaws\.com\/by-hand, without a web firewall$/,
        add: async ({ apiGateway }, find) => {
            const at = { restApiId: find(api).id, stageName: "by-hand" };
            const deploymentId = find("apigateway/deployment:Deployment").id;
            await apiGateway.send(new CreateStageCommand({ ...at, deploymentId }));
            return { key: "by-hand", remove: () => apiGateway.send(new DeleteStageCommand(at)) };
        },
    },
    {
        under: api,
        item: "deployment",
        opens: /^a stage can be set to \w+, the API as it was then$/,
        add: async ({ apiGateway }, find) => {
            const restApiId = find(api).id;
            const { id } = await apiGateway.send(new CreateDeploymentCommand({ restApiId }));
            const deploymentId = requireResponse(id);
            const remove = () => apiGateway.send(new DeleteDeploymentCommand({ restApiId, deploymentId }));
            return { key: deploymentId, remove };
        },
    },
    {
        under: api,
        item: "authorizer",
        opens: /^methods can leave it to arn:aws:apigateway:.*by-hand.* who may call them$/,
        add: async ({ apiGateway }, find) => {
            const restApiId = find(api).id;
            const { id } = await apiGateway.send(
                new CreateAuthorizerCommand({
                    restApiId,
                    name: "by-hand",
                    type: "TOKEN",
                    authorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/by-hand/invocations",
                    identitySource: "method.request.header.Authorization",
                }),
            );
            const authorizerId = requireResponse(id);
            const remove = () => apiGateway.send(new DeleteAuthorizerCommand({ restApiId, authorizerId }));
            return { key: authorizerId, remove };
        },
    },
    {
        under: api,
        item: "model",
        opens: /^nothing, until a method names it/,
        add: async ({ apiGateway }, find) => {
            const restApiId = find(api).id;
            const modelName = "ByHand";
            await apiGateway.send(
                new CreateModelCommand({ restApiId, name: modelName, contentType: "application/json", schema: "{}" }),
            );
            return {
                key: modelName,
                remove: () => apiGateway.send(new DeleteModelCommand({ restApiId, modelName })),
            };
        },
    },
    {
        under: api,
        item: "request validator",
        opens: /^nothing, until a method names it/,
        add: async ({ apiGateway }, find) => {
            const restApiId = find(api).id;
            const { id } = await apiGateway.send(new CreateRequestValidatorCommand({ restApiId, name: "by-hand" }));
            const requestValidatorId = requireResponse(id);
            const remove = () => apiGateway.send(new DeleteRequestValidatorCommand({ restApiId, requestValidatorId }));
            return { key: requestValidatorId, remove };
        },
    },
    {
        under: api,
        item: "gateway response",
        opens: /^callers get another answer for EXPIRED_TOKEN$/,
        add: async ({ apiGateway }, find) => {
            const at = { restApiId: find(api).id, responseType: "EXPIRED_TOKEN" as const };
            await apiGateway.send(new PutGatewayResponseCommand({ ...at, statusCode: "200" }));
            return {
                key: at.responseType,
                remove: () => apiGateway.send(new DeleteGatewayResponseCommand(at)),
            };
        },
    },
    {
        under: api,
        item: "usage plan",
        opens: /^who has an API key of by-hand may call the API$/,
        add: async ({ apiGateway }, find) => {
            const { id } = await apiGateway.send(
                new CreateUsagePlanCommand({
                    name: "by-hand",
                    apiStages: [{ apiId: find(api).id, stage: find(stage).text("stageName") }],
                }),
            );
            const usagePlanId = requireResponse(id);
            return { key: usagePlanId, remove: () => apiGateway.send(new DeleteUsagePlanCommand({ usagePlanId })) };
        },
    },
    {
        under: usagePlan,
        item: "API key",
        opens: /^who has the API key by-hand \(\w+\) may call the API as payment-gateway-merchant-/,
        add: async ({ apiGateway }, find) => {
            const usagePlanId = find(usagePlan).id;
            const { id } = await apiGateway.send(new CreateApiKeyCommand({ name: "by-hand", enabled: true }));
            const keyId = requireResponse(id);
            await apiGateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: "API_KEY" }));
            return {
                key: keyId,
                remove: async () => {
                    await apiGateway.send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId }));
                    await apiGateway.send(new DeleteApiKeyCommand({ apiKey: keyId }));
                },
            };
        },
    },
    {
        under: api,
        item: "custom domain",
        opens: /^the API is offered at https:\/\/by-hand\.example\.net, too$/,
        add: async ({ apiGateway }, find) => {
            const domainName = "by-hand.example.net";
            await apiGateway.send(new CreateDomainNameCommand({ domainName }));
            await apiGateway.send(
                new CreateBasePathMappingCommand({
                    domainName,
                    restApiId: find(api).id,
                    stage: find(stage).text("stageName"),
                }),
            );
            const remove = () => apiGateway.send(new DeleteBasePathMappingCommand({ domainName, basePath: "(none)" }));
            return { key: domainName, remove };
        },
    },
];

export const frontDoorAdditions: readonly ManualAddition[] = [...loadBalancerAdditions, ...apiGatewayAdditions];
