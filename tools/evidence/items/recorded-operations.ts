import { GetObjectCommand, type DeleteMarkerEntry, type ObjectVersion } from "@aws-sdk/client-s3";
import { compareText, getPath, textAtPath } from "../../../plan/query.ts";
import { paginateObjectVersions } from "../../frame/object-versions.ts";
import {
    auditBucketName,
    dayFolder,
    operationRecordSchema,
    operationsPrefix,
    timeInKey,
    type OperationRecord,
} from "../../frame/operation-record.ts";
import { isoTime, oldestKept, readOnce, reasonOf, type EvidenceContext } from "../item.ts";
import { callerOf, recordEvents, trailEvents, trailGaps } from "./trail.ts";

/** Records of commands in the period, and what is wrong with others. */
interface Operations {
    readonly records: readonly OperationRecord[];
    readonly gaps: readonly string[];
}

/**
 * The records that commands have written in the period, such as those of `npm run redrive`. Whoever may write to the bucket can also
 * hide a record behind a delete marker or a later version: the first version counts, and what came after it is a gap.
 */
export const operationsOf = readOnce(async (context): Promise<Operations> => {
    const begin = Math.max(context.from, oldestKept(context));
    const isInTime = (time: number) => time >= begin && time <= context.to;
    const { calls, gaps } = await callsOnRecords(context);
    const objects = await keptObjects(context, begin);
    const records: OperationRecord[] = [];
    for (const object of objects.values()) {
        const first = object.versions.at(-1);
        // A name that no command gives has no time.
        const time = timeInKey(object.key) ?? first?.LastModified?.getTime() ?? begin;
        if (isInTime(time)) {
            gaps.push(...laterChanges(object, calls));
            const record = first && (await readRecord(context, first));
            if (record !== undefined) {
                records.push(record);
            } else if (first !== undefined) {
                gaps.push(`${object.key} is no record of a command: written ${whenAndWho(calls, first, uploads)}`);
            }
        }
    }
    const written = Map.groupBy(calls.filter(isUpload), (call) => textAtPath(call, keyOfCall));
    for (const [key, ofKey] of written) {
        const kept = objects.get(key)?.versions.length ?? 0;
        if (isInTime(timeInKey(key) ?? begin) && ofKey.length > kept) {
            const who = ofKey.map((call) => `at ${textAtPath(call, "eventTime")} by ${callerOf(call)}`).join(", ");
            gaps.push(`${key}: CloudTrail has ${ofKey.length} uploads (${who}), the bucket has ${kept}`);
        }
    }
    return { records: records.toSorted((a, b) => compareText(a.at, b.at)), gaps };
});

/** What S3 keeps of one key, the newest first. */
interface KeptObject {
    readonly key: string;
    readonly versions: readonly ObjectVersion[];
    readonly deleteMarkers: readonly DeleteMarkerEntry[];
}

const bucketOf = ({ settings, caller }: EvidenceContext): string =>
    auditBucketName(settings.environmentSuffix, caller.account);

/** All versions of records that the bucket keeps from a day on, by key: keys begin with the day. */
async function keptObjects(context: EvidenceContext, begin: number): Promise<ReadonlyMap<string, KeptObject>> {
    const versions: ObjectVersion[] = [];
    const deleteMarkers: DeleteMarkerEntry[] = [];
    for await (const page of paginateObjectVersions(context.clients.s3, {
        ...{ Bucket: bucketOf(context), Prefix: operationsPrefix, KeyMarker: `${operationsPrefix}${dayFolder(begin)}` },
    })) {
        versions.push(...(page.Versions ?? []));
        deleteMarkers.push(...(page.DeleteMarkers ?? []));
    }
    const versionsOf = Map.groupBy(versions, keyOf);
    const markersOf = Map.groupBy(deleteMarkers, keyOf);
    return new Map(
        [...new Set([...versionsOf.keys(), ...markersOf.keys()])].map((key) => [
            key,
            { key, versions: versionsOf.get(key) ?? [], deleteMarkers: markersOf.get(key) ?? [] },
        ]),
    );
}

const keyOf = ({ Key = "" }: DeleteMarkerEntry): string => Key;

/** S3 refuses a call whose clock differs by more (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). */
const maxClockDifference = 15 * 60_000;

/** What was done to a record after its first version, and a first version that is later than its name says. */
function laterChanges({ key, versions, deleteMarkers }: KeptObject, calls: readonly unknown[]): string[] {
    const latest = (timeInKey(key) ?? Infinity) + maxClockDifference;
    return [
        ...deleteMarkers.map((each) => `${key} was deleted ${whenAndWho(calls, each, deletions)}`),
        ...versions
            .slice(0, -1)
            .map((each) => `${key} was written again ${whenAndWho(calls, each, uploads)}: the first version counts`),
        ...versions
            .slice(-1)
            .filter(({ LastModified }) => (LastModified?.getTime() ?? 0) > latest)
            .map((each) => `${key} was written later than its name says, ${whenAndWho(calls, each, uploads)}`),
    ];
}

/** Undefined for an object that is no record, or one of another time than its name says. */
async function readRecord(
    context: EvidenceContext,
    { Key = "", VersionId }: ObjectVersion,
): Promise<OperationRecord | undefined> {
    const { Body } = await context.clients.s3.send(new GetObjectCommand({ Bucket: bucketOf(context), Key, VersionId }));
    const text = (await Body?.transformToString()) ?? "";
    try {
        const record = operationRecordSchema.parse(JSON.parse(text));
        return Date.parse(record.at) === timeInKey(Key) ? record : undefined;
    } catch {
        return undefined;
    }
}

const keyOfCall = "requestParameters.key";
const uploads = ["PutObject", "CopyObject", "CompleteMultipartUpload"];
const deletions = ["DeleteObject"];
const isUpload = (call: unknown): boolean => uploads.includes(textAtPath(call, "eventName"));

/** Calls that changed a record, until now: one of the period may have been changed after it. */
async function callsOnRecords(context: EvidenceContext): Promise<{ calls: readonly unknown[]; gaps: string[] }> {
    const pattern = `{ $.eventSource = "s3.amazonaws.com" && $.readOnly IS FALSE && $.requestParameters.bucketName = "${bucketOf(context)}" && $.${keyOfCall} = "${operationsPrefix}*" }`;
    const untilNow = { ...context, to: context.command.clock.now() };
    try {
        const events = await trailEvents(untilNow, pattern);
        return {
            calls: events.filter((event) => getPath(event, "errorCode") === undefined),
            gaps: [...(await trailGaps(untilNow, [recordEvents]))],
        };
    } catch (error) {
        const reason = reasonOf(error, context);
        return { calls: [], gaps: [`whether a record is gone with all its versions is unknown: ${reason}`] };
    }
}

/** When S3 stored it, and who called, as far as the trail has it: for S3 everything is the bucket owner's. */
function whenAndWho(
    calls: readonly unknown[],
    { Key, LastModified }: DeleteMarkerEntry,
    names: readonly string[],
): string {
    const call = calls.find(
        (each) =>
            textAtPath(each, keyOfCall) === Key &&
            names.includes(textAtPath(each, "eventName")) &&
            Math.abs(Date.parse(textAtPath(each, "eventTime")) - (LastModified?.getTime() ?? 0)) < 60_000,
    );
    return `at ${isoTime(LastModified)} by ${call === undefined ? "somebody whom CloudTrail does not name" : callerOf(call)}`;
}
