import { PutObjectCommand } from "@aws-sdk/client-s3";
import { callAws, errorName, type Aws } from "./aws.ts";
import type { Config } from "./config.ts";
import type { Payment } from "./payment.ts";
import type { Reservation } from "./transactions.ts";

/** `audit/yyyy/mm/dd/<paymentId>.json`, by the UTC day the payment was first received. */
function auditKey(paymentId: string, receivedAt: string): string {
    return `audit/${receivedAt.slice(0, 10).replaceAll("-", "/")}/${paymentId}.json`;
}

/**
 * Writes the audit record: what was validated, for which merchant and when. Never overwrites: an existing record is from an
 * earlier attempt with the same reservation, as no other request can have the payment ID on that day.
 */
export async function writeAuditRecord(aws: Aws, config: Config, payment: Payment, held: Reservation): Promise<void> {
    const command = new PutObjectCommand({
        Bucket: config.auditBucket,
        Key: auditKey(payment.paymentId, held.receivedAt),
        Body: auditRecord(payment, held),
        ContentType: "application/json",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: config.auditKeyArn,
        BucketKeyEnabled: true,
        IfNoneMatch: "*",
        // A bucket whose objects are locked refuses an upload without a checksum
        // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html).
        ChecksumAlgorithm: "SHA256",
    });
    await callAws(aws, "audit", async () => {
        try {
            await aws.s3.send(command, { abortSignal: aws.signal });
        } catch (error) {
            if (errorName(error) !== "PreconditionFailed") {
                throw error;
            }
        }
    });
}

/** Metadata is left out: it is the merchant's free text, and audit records outlive the transaction. The hash covers it. */
function auditRecord(payment: Payment, held: Reservation): string {
    return JSON.stringify({
        version: 1,
        event: "payment.validated",
        paymentId: payment.paymentId,
        merchantId: payment.merchantId,
        customerId: payment.customerId,
        amountMinor: payment.amountMinor,
        currency: payment.currency,
        exponent: payment.exponent,
        receivedAt: held.receivedAt,
        correlationId: held.correlationId,
        apiKeyId: held.apiKeyId,
        requestHash: held.requestHash,
    });
}
