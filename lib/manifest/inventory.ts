import * as pulumi from "@pulumi/pulumi";
import type { PlatformSettings } from "../settings.ts";
import { storageByType, type Storage, type InputLocation } from "./storage-by-type.ts";

interface ObservedResource {
    readonly type: string;
    readonly name: string;
    readonly inputs: object;
    readonly resource: pulumi.Resource;
}

const secondsInDay = 24 * 60 * 60;

/** Sees each AWS resource as it is made. The program makes them all before it returns, none of them later. */
export class Inventory {
    private readonly observed: ObservedResource[] = [];

    /** A transformation that changes nothing: all that a resource with it contains inherits it. */
    readonly observe: pulumi.ResourceTransformation = ({ type, name, props, opts, resource }) => {
        // One with an ID is looked up, and not the stack's.
        if (type.startsWith("aws:") && opts.id === undefined) {
            this.observed.push({ type, name, inputs: props, resource });
        }
        return undefined;
    };

    /** What the manifest says of each of them, by type and name. One output for all: a plan pays for each. */
    resources(settings: PlatformSettings) {
        const byIdentity = new Map(this.observed.map((one) => [identityOf(one), one]));
        const keyNames = new Map(
            this.observed.filter(({ type }) => type === "aws:kms/key:Key").map((key) => [arnOf(key), key.name]),
        );
        /** The value at a place, of the resource or of the one beside it that has its name. */
        const read = (one: ObservedResource, place: InputLocation | undefined): unknown =>
            place &&
            valueAtPath(
                (place.ofType === undefined ? one : byIdentity.get(`${place.ofType} ${one.name}`))?.inputs,
                place.input,
            );

        const sorted = this.observed.toSorted((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
        const rows = sorted.map((one) => {
            const { type, name } = one;
            const kept = storageByType[type];
            const key = read(one, kept?.key);
            return {
                type,
                name,
                arn: arnOf(one) ?? null,
                holds: kept?.content ?? null,
                dataClassification: kept?.content === undefined ? null : settings.dataClassification,
                encryption: encryptionOf(kept, key),
                encryptionKey: keyNames.get(key) ?? null,
                encryptionKeyArn: key ?? null,
                retentionDays: kept?.retentionDays?.(settings) ?? retentionDaysOf(kept, read(one, kept?.retention)),
            };
        });
        const arns = [...new Set(rows.flatMap(({ arn, encryptionKeyArn }) => [arn, encryptionKeyArn]))];
        const arnsTold = pulumi.all(arns);
        return pulumi.all([arnsTold, pulumi.isSecret(arnsTold)]).apply(([told, isSecret]) => {
            // An ARN made of a secret would get into the hands of auditors: readers refuse a manifest without the list.
            if (isSecret) {
                return undefined;
            }
            const known = new Map(arns.map((arn, i) => [arn, told[i]]));
            return rows.map((row) => ({
                ...row,
                // AWS has not told it where the creation was cut short.
                arn: known.get(row.arn) ?? null,
                encryptionKeyArn: known.get(row.encryptionKeyArn) ?? null,
            }));
        });
    }
}

const identityOf = ({ type, name }: ObservedResource): string => `${type} ${name}`;

/** As its class declares it: an output, which is there once the constructor is through. One that is given is another's. */
const arnOf = ({ inputs, resource }: ObservedResource): unknown =>
    valueAtPath(inputs, "arn") === undefined
        ? (valueAtPath(resource, "arn") ?? valueAtPath(resource, "dashboardArn"))
        : undefined;

/** A plain value or an output, as the program passed it; what lies inside an output is not looked for. */
function valueAtPath(value: unknown, path: string): unknown {
    let found = value;
    for (const step of path.split(".")) {
        if (typeof found !== "object" || found === null || pulumi.Output.isInstance(found)) {
            return undefined;
        }
        found = Reflect.get(found, step);
    }
    return found;
}

function encryptionOf(kept: Storage | undefined, key: unknown) {
    if (key !== undefined) {
        return "customer-key";
    }
    return kept?.content === undefined ? null : (kept.withoutKey ?? "none");
}

function retentionDaysOf(kept: Storage | undefined, value: unknown): number | null {
    if (typeof value !== "number") {
        return null;
    }
    return kept?.retention?.unit === "seconds" ? value / secondsInDay : value;
}
