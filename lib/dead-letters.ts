import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { denyInsecureTransport, policyJson, type Statement } from "./iam.ts";
import { after } from "./ordering.ts";
import { maxRetentionSeconds } from "./time-limits.ts";

export interface DeadLetterQueueArgs {
    readonly keyArn: pulumi.Input<string>;
    /** Statements that allow services to send. A sender with a role of its own needs none. */
    readonly senders?: (queueArn: pulumi.Output<string>) => Statement[];
}

/** An encrypted, TLS only queue for what could not be delivered; its ARN, once its policy is attached. */
export function createDeadLetterQueue(
    name: string,
    { keyArn, senders = () => [] }: DeadLetterQueueArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const queue = new aws.sqs.Queue(
        name,
        { name, kmsMasterKeyId: keyArn, messageRetentionSeconds: maxRetentionSeconds },
        opts,
    );
    const statements = [...senders(queue.arn), denyInsecureTransport("sqs:*", [queue.arn])];
    const queuePolicy = new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy: policyJson(statements) }, opts);
    return after(queue.arn, [queuePolicy]);
}
