import { resourceInState, type DriftCase } from "./case.ts";

const listener = { under: "lb/listener:Listener", parent: { id: "arn:listener", outputs: { arn: "arn:listener" } } };
const targetGroup = { under: "lb/targetGroup:TargetGroup", parent: { outputs: { arn: "arn:group" } } };

const loadBalancerCases: readonly DriftCase[] = [
    ...(
        [
            [{ Type: "forward", TargetGroupArn: "arn:group" }, "arn:group"],
            [{ Type: "redirect", RedirectConfig: { Host: "example.net" } }, "https://example.net"],
            [{ Type: "redirect", RedirectConfig: {} }, "https://#{host}"],
            [{ Type: "fixed-response" }, "fixed-response"],
        ] as const
    ).map(([action, goal]): DriftCase => ({
        under: "lb/loadBalancer:LoadBalancer",
        item: "listener",
        parent: { outputs: { arn: "arn:balancer" } },
        state: [resourceInState("lb/listener:Listener", { id: "arn:listener" })],
        answers: {
            DescribeListeners: {
                Listeners: [
                    { ListenerArn: "arn:listener" },
                    { ListenerArn: "arn:by-hand", Protocol: "HTTP", Port: 80, DefaultActions: [action] },
                ],
            },
        },
        opens: `who reaches payment by HTTP on port 80 is led to ${goal}`,
        remove: "aws elbv2 delete-listener --listener-arn arn:by-hand",
    })),
    {
        ...listener,
        item: "rule",
        state: [resourceInState("lb/listenerRule:ListenerRule", { id: "arn:rule" })],
        answers: {
            DescribeRules: {
                Rules: [
                    { RuleArn: "arn:default", IsDefault: true },
                    { RuleArn: "arn:rule", IsDefault: false },
                    {
                        RuleArn: "arn:by-hand",
                        IsDefault: false,
                        Priority: "7",
                        Conditions: [
                            { Field: "path-pattern", PathPatternConfig: { Values: ["/admin", "/debug"] } },
                            { Field: "host-header", HostHeaderConfig: { Values: ["example.net"] } },
                        ],
                        Actions: [{ Type: "forward", TargetGroupArn: "arn:other" }],
                    },
                ],
            },
        },
        createdByAws: ["the default rule"],
        opens: "requests with path-pattern /admin or /debug and host-header example.net are led to arn:other, at priority 7",
        remove: "aws elbv2 delete-rule --rule-arn arn:by-hand",
    },
    {
        ...listener,
        item: "certificate",
        state: [resourceInState("lb/listener:Listener", { inputs: { certificateArn: "arn:planned" } })],
        answers: {
            DescribeListenerCertificates: {
                Certificates: [{ CertificateArn: "arn:planned", IsDefault: true }, { CertificateArn: "arn:by-hand" }],
            },
        },
        opens: "the listener also answers for the names of arn:by-hand",
        remove: "aws elbv2 remove-listener-certificates --listener-arn arn:listener --certificates CertificateArn=arn:by-hand",
    },
    {
        ...targetGroup,
        item: "target",
        state: [
            resourceInState("lb/targetGroupAttachment:TargetGroupAttachment", {
                inputs: { targetGroupArn: "arn:group", targetId: "arn:function" },
            }),
            resourceInState("ecs/service:Service", {
                inputs: { cluster: "arn:cluster", name: "api", loadBalancers: [{ targetGroupArn: "arn:group" }] },
            }),
        ],
        answers: {
            DescribeTargetHealth: {
                TargetHealthDescriptions: [
                    { Target: { Id: "arn:function" } },
                    { Target: { Id: "10.0.1.1" } },
                    { Target: { Id: "10.0.1.2" } },
                    { Target: { Id: "10.0.1.3" }, TargetHealth: { State: "draining" } },
                    { Target: { Id: "10.0.1.4" }, TargetHealth: { State: "healthy" } },
                ],
            },
            // The second task has just stopped.
            ListTasks: ({ desiredStatus }) => ({ taskArns: [`arn:${String(desiredStatus)}`] }),
            DescribeTasks: ({ tasks }) => ({
                tasks: [
                    // Of a task that has no network interface yet.
                    {},
                    { attachments: [{}] },
                    {
                        attachments: [
                            {
                                details: [
                                    { name: "subnetId", value: "10.0.1.4" },
                                    {
                                        name: "privateIPv4Address",
                                        value: String(tasks) === "arn:RUNNING" ? "10.0.1.1" : "10.0.1.2",
                                    },
                                ],
                            },
                        ],
                    },
                ],
            }),
        },
        createdByAws: ["ECS registered", "ECS registered", "leaving the group"],
        opens: "10.0.1.4 gets requests that are meant for payment",
        remove: "aws elbv2 deregister-targets --target-group-arn arn:group --targets Id=10.0.1.4",
    },
    {
        under: "wafv2/webAcl:WebAcl",
        item: "protected resource",
        parent: { outputs: { arn: "arn:acl" } },
        state: [
            resourceInState("wafv2/webAclAssociation:WebAclAssociation", { inputs: { resourceArn: "arn:balancer" } }),
        ],
        answers: { ListResourcesForWebACL: { ResourceArns: ["arn:balancer", "arn:other"] } },
        opens: "nothing: arn:other is protected by this web ACL, which cannot be destroyed while it is",
        remove: "aws wafv2 disassociate-web-acl --resource-arn arn:other",
    },
];

const api = { under: "apigateway/restApi:RestApi", parent: { id: "api" } };
const stage = { under: "apigateway/stage:Stage", parent: { inputs: { restApi: "api", stageName: "v1" } } };

/** An API whose one path has one method, as GetResources returns it with embedded methods. */
const apiResourcesResponse = (method: object, more: object = {}) => ({
    GetResources: {
        items: [
            { id: "root", path: "/" },
            { id: "r1", parentId: "root", path: "/validate", resourceMethods: { POST: method } },
            more,
        ].filter((each) => "id" in each),
    },
});
const methodInputs = { restApi: "api", resourceId: "r1", httpMethod: "POST" };
const path = resourceInState("apigateway/resource:Resource", { id: "r1" });
const method = resourceInState("apigateway/method:Method", { inputs: methodInputs });
const integration = resourceInState("apigateway/integration:Integration", { inputs: methodInputs });
const removeCommand = (what: string, rest = "") =>
    `aws apigateway delete-${what} --rest-api-id api --resource-id r1${rest}`;

const apiResourceCases: readonly DriftCase[] = [
    {
        ...api,
        item: "part",
        state: [path, method],
        answers: apiResourcesResponse({}, { id: "r2", parentId: "root", path: "/by-hand" }),
        knownCount: 2,
        createdByAws: ["the path /"],
        opens: "nothing, until it has a method",
        remove: "aws apigateway delete-resource --rest-api-id api --resource-id r2",
    },
    ...(
        [
            [{ authorizationType: "NONE" }, "anybody on the internet"],
            [{ authorizationType: "NONE", apiKeyRequired: true }, "who has an API key"],
            [{ authorizationType: "AWS_IAM" }, "AWS_IAM"],
        ] as const
    ).map(([how, who]): DriftCase => ({
        ...api,
        item: "part",
        state: [path],
        answers: apiResourcesResponse(how),
        createdByAws: ["the path /"],
        opens: `${who} may call POST /validate, once the API is deployed`,
        remove: removeCommand("method", " --http-method POST"),
    })),
    ...(
        [
            [{ uri: "https://example.net" }, "https://example.net"],
            [{ type: "MOCK" }, "MOCK"],
        ] as const
    ).map(([methodIntegration, who]): DriftCase => ({
        ...api,
        item: "part",
        state: [path, method],
        answers: apiResourcesResponse({ methodIntegration }),
        knownCount: 2,
        createdByAws: ["the path /"],
        opens: `POST /validate is answered by ${who}`,
        remove: removeCommand("integration", " --http-method POST"),
    })),
    {
        ...api,
        item: "part",
        state: [
            path,
            method,
            integration,
            resourceInState("apigateway/integrationResponse:IntegrationResponse", {
                inputs: { ...methodInputs, statusCode: "200" },
            }),
        ],
        answers: apiResourcesResponse({
            methodResponses: { 200: {} },
            methodIntegration: { integrationResponses: { 200: {} } },
        }),
        knownCount: 4,
        createdByAws: ["the path /"],
        opens: "POST /validate may answer with 200",
        remove: removeCommand("method-response", " --http-method POST --status-code 200"),
    },
    {
        ...api,
        item: "part",
        state: [
            path,
            method,
            integration,
            resourceInState("apigateway/methodResponse:MethodResponse", {
                inputs: { ...methodInputs, statusCode: "200" },
            }),
        ],
        answers: apiResourcesResponse({
            methodResponses: { 200: {} },
            methodIntegration: { integrationResponses: { 200: {} } },
        }),
        knownCount: 4,
        createdByAws: ["the path /"],
        opens: "POST /validate hands on answers with 200",
        remove: removeCommand("integration-response", " --http-method POST --status-code 200"),
    },
];

const restApiCases: readonly DriftCase[] = [
    ...([undefined, "arn:acl"] as const).map((webAclArn): DriftCase => ({
        ...api,
        item: "stage",
        state: [resourceInState("apigateway/stage:Stage", { inputs: { restApi: "api", stageName: "v1" } })],
        parent: { id: "api", outputs: { arn: "arn:aws-cn:apigateway:cn-north-1::/restapis/api" } },
        answers: { GetStages: { item: [{ stageName: "v1" }, { stageName: "test", webAclArn }] } },
        opens: `the API is offered at https://api.execute-api.cn-north-1.amazonaws.com.cn/test, ${webAclArn === undefined ? "without a web firewall" : "behind another web firewall"}`,
        remove: "aws apigateway delete-stage --rest-api-id api --stage-name test",
    })),
    {
        ...api,
        item: "deployment",
        state: [resourceInState("apigateway/deployment:Deployment", { id: "d1" })],
        answers: { GetDeployments: { items: [{ id: "d1" }, { id: "d2" }] } },
        opens: "a stage can be set to d2, the API as it was then",
        remove: "aws apigateway delete-deployment --rest-api-id api --deployment-id d2",
    },
    ...(
        [
            [{ authorizerUri: "arn:function", type: "TOKEN" }, "arn:function"],
            [{ type: "COGNITO_USER_POOLS" }, "COGNITO_USER_POOLS"],
        ] as const
    ).map(([how, who]): DriftCase => ({
        ...api,
        item: "authorizer",
        state: [resourceInState("apigateway/authorizer:Authorizer", { id: "a1" })],
        answers: { GetAuthorizers: { items: [{ id: "a1" }, { id: "a2", ...how }] } },
        opens: `methods can leave it to ${who} who may call them`,
        remove: "aws apigateway delete-authorizer --rest-api-id api --authorizer-id a2",
    })),
    {
        ...api,
        item: "model",
        state: [resourceInState("apigateway/model:Model", { inputs: { restApi: "api", name: "Payment" } })],
        answers: {
            GetModels: { items: [{ name: "Empty" }, { name: "Error" }, { name: "Payment" }, { name: "Other" }] },
        },
        createdByAws: ["Empty and Error", "Empty and Error"],
        opens: "nothing, until a method names it: it says which bodies are taken",
        remove: "aws apigateway delete-model --rest-api-id api --model-name Other",
    },
    {
        ...api,
        item: "request validator",
        state: [resourceInState("apigateway/requestValidator:RequestValidator", { id: "v1" })],
        answers: { GetRequestValidators: { items: [{ id: "v1" }, { id: "v2" }] } },
        opens: "nothing, until a method names it: it says what of a request is checked",
        remove: "aws apigateway delete-request-validator --rest-api-id api --request-validator-id v2",
    },
    {
        ...api,
        item: "gateway response",
        state: [
            resourceInState("apigateway/response:Response", {
                inputs: { restApiId: "api", responseType: "THROTTLED" },
            }),
        ],
        answers: {
            GetGatewayResponses: {
                items: [
                    { responseType: "THROTTLED", defaultResponse: false },
                    { responseType: "EXPIRED_TOKEN", defaultResponse: true },
                    { responseType: "DEFAULT_5XX", defaultResponse: false },
                ],
            },
        },
        createdByAws: ["nobody set another"],
        opens: "callers get another answer for DEFAULT_5XX",
        remove: "aws apigateway delete-gateway-response --rest-api-id api --response-type DEFAULT_5XX",
    },
    {
        ...api,
        item: "usage plan",
        state: [resourceInState("apigateway/usagePlan:UsagePlan", { id: "p1" })],
        answers: {
            GetUsagePlans: {
                items: [
                    { id: "p1", apiStages: [{ apiId: "api", stage: "v1" }] },
                    { id: "p2", name: "by hand", apiStages: [{ apiId: "api", stage: "v1" }] },
                    { id: "p3", apiStages: [{ apiId: "another", stage: "v1" }] },
                    { id: "p4" },
                ],
            },
        },
        opens: "who has an API key of by hand may call the API",
        remove: "aws apigateway delete-usage-plan --usage-plan-id p2",
    },
    {
        under: "apigateway/usagePlan:UsagePlan",
        item: "API key",
        parent: { id: "p1" },
        state: [
            resourceInState("apigateway/usagePlanKey:UsagePlanKey", { inputs: { usagePlanId: "p1", keyId: "k1" } }),
        ],
        answers: { GetUsagePlanKeys: { items: [{ id: "k1" }, { id: "k2", name: "by hand" }] } },
        opens: "who has the API key by hand (k2) may call the API as payment does",
        remove: "aws apigateway delete-usage-plan-key --usage-plan-id p1 --key-id k2",
    },
    {
        ...api,
        item: "custom domain",
        state: [
            resourceInState("apigateway/basePathMapping:BasePathMapping", {
                inputs: { domainName: "planned.example.com" },
            }),
        ],
        answers: {
            GetDomainNames: { items: [{ domainName: "planned.example.com" }, { domainName: "example.net" }] },
            GetBasePathMappings: { items: [{ restApiId: "api", stage: "v1" }, { restApiId: "another" }] },
        },
        opens: "the API is offered at https://example.net, too",
        remove: 'aws apigateway delete-base-path-mapping --domain-name example.net --base-path "(none)"',
    },
    {
        ...stage,
        item: "method setting",
        state: [
            resourceInState("apigateway/methodSettings:MethodSettings", {
                inputs: { restApi: "api", stageName: "v1", methodPath: "*/*" },
            }),
        ],
        answers: { GetStage: { methodSettings: { "*/*": {}, "validate/POST": {} } } },
        opens: "validate/POST is logged, throttled or cached otherwise than the rest of the stage",
        remove: "aws apigateway update-stage --rest-api-id api --stage-name v1 --patch-operations op=remove,path=/validate/POST",
    },
];

export const frontDoorCases: readonly DriftCase[] = [...loadBalancerCases, ...apiResourceCases, ...restApiCases];
