import type { AwsClients } from "../../../../tools/frame/aws-clients.ts";
import { clientsWith, type FakeResponses } from "./fakes.ts";

/** Services as IAM calls them, where it is otherwise than the client's name here. */
const prefixes: Readonly<Record<string, string>> = {
    apiGateway: "apigateway",
    apiGatewayV2: "apigateway",
    autoscaling: "application-autoscaling",
    cloudTrail: "cloudtrail",
    elb: "elasticloadbalancing",
    guardDuty: "guardduty",
    secrets: "secretsmanager",
    securityHub: "securityhub",
    waf: "wafv2",
};

/** Calls whose IAM action has another name (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html). */
const actions: Readonly<Record<string, string>> = {
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:ListBucketAnalyticsConfigurations": "s3:GetAnalyticsConfiguration",
    "s3:ListBucketInventoryConfigurations": "s3:GetInventoryConfiguration",
    "s3:ListBucketMetricsConfigurations": "s3:GetMetricsConfiguration",
};

const actionOf = (service: string, call: string): string => {
    const action = `${prefixes[service] ?? service}:${call}`;
    // Its actions are the verbs of HTTP.
    return service.startsWith("apiGateway") && call.startsWith("Get") ? "apigateway:GET" : (actions[action] ?? action);
};

/** Clients that answer from a table, and the IAM actions of the calls that they received. */
export function asked(answers: FakeResponses): { clients: AwsClients; taken: Set<string> } {
    const taken = new Set<string>();
    const { clients } = clientsWith(answers, (service, call) => taken.add(actionOf(service, call)));
    return { clients, taken };
}
