import { z } from "zod";

/** Retention periods of CloudWatch Logs in days (`PutRetentionPolicy`). */
export const logRetentionDays = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * CPU units and the MiB of memory that Fargate offers with them
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size).
 */
export const fargateSizes = new Map<number, readonly number[]>([
    [256, [512, 1024, 2048]],
    [512, numbersInSteps(1024, 4096, 1024)],
    [1024, numbersInSteps(2048, 8192, 1024)],
    [2048, numbersInSteps(4096, 16384, 1024)],
    [4096, numbersInSteps(8192, 30720, 1024)],
    [8192, numbersInSteps(16384, 61440, 4096)],
    [16384, numbersInSteps(32768, 122880, 8192)],
]);

function numbersInSteps(from: number, to: number, by: number): number[] {
    return Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
}

/** One of these numbers. */
export const oneOf = (values: readonly number[]) => z.literal([...values]);

/** Not `int()`: if that fails, zod skips all later checks, even those with `when`, and reports only some problems. */
export const integer = (min: number, max: number) =>
    z.number().multipleOf(1).min(min).max(max).meta({ type: "integer" });

/** A list without duplicates, which would be mistakes. */
export const uniqueList = <T extends z.ZodType>(item: T) =>
    z
        .array(item)
        .refine((values) => new Set(values).size === values.length, { error: "must name each value once" })
        .meta({ uniqueItems: true });

/** As `uniqueList`, sorted: another order in the file changes nothing in AWS. */
export const sortedList = <T extends z.ZodType<string>>(item: T) =>
    uniqueList(item).overwrite((values) => values.toSorted());

/** A digest, as those of images are written. */
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Digest of an image in ECR. */
export const imageDigest = z
    .string()
    .regex(digestPattern, {
        error: "must be sha256: and 64 hexadecimal digits, as `docker push` prints it",
    })
    .optional();

/** Names that all AWS services accept: lower-case letters and digits, in groups joined by single hyphens. */
export const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** In words what `namePattern` allows. */
export const nameShape = "lower-case letters and digits, in groups joined by single hyphens, beginning with a letter";

/** As a part of patterns: a lower-case DNS name of two or more labels. */
export const domain = String.raw`(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}`;

/** Longest domain name, in characters (RFC 1035, 2.3.4: 255 octets with the length of each label and the root). */
export const maxDomainLength = 253;

export const domainNameUpTo = (length: number) =>
    z
        .string()
        .max(length)
        .regex(new RegExp(`^${domain}$`), {
            error: "must be a lower-case domain name such as payments.example.com",
        });

export const domainName = domainNameUpTo(maxDomainLength);

export const tagValue = z.string().regex(/^[\w+\-=.:/@ ]{1,256}$/, {
    error: "must be 1 to 256 letters, digits, spaces or + - = . _ : / @",
});

export const tagName = z.string().regex(/^(?!aws:)[\w+\-=.:/@ ]{1,128}$/i, {
    error: "must be 1 to 128 letters, digits, spaces or + - = . _ : / @ and not begin with aws:",
});

export const email = z.email({ error: "must be an e-mail address" });

/** As a part of patterns: a number of up to three digits. A leading zero is for some programs the sign of an octal number. */
const octet = String.raw`(?:0|[1-9]\d{0,2})`;

const blockPattern = new RegExp(String.raw`^${octet}(?:\.${octet}){3}/(?:0|[1-9]\d?)$`);

/** An IPv4 block without host bits, as AWS requires. */
export const ipv4Block = z
    .string()
    .refine((text) => blockOf(text) !== undefined, {
        error: ({ input }) => hostBitsMessage(input) ?? "must be an IPv4 block such as 203.0.113.0/24",
    })
    .meta({ pattern: blockPattern.source });

/** RFC 1918 block of a size that a VPC allows and the subnet layout needs. */
export const privateBlock = z
    .string()
    .refine(isPrivate, {
        error: ({ input }) => hostBitsMessage(input) ?? "must be a private IPv4 block of /16 to /20",
    })
    .meta({ pattern: `^(10|172|192)(\\.${octet}){3}/(1[6-9]|20)$` });

export interface Block {
    readonly address: number;
    readonly bits: number;
}

/** Undefined if the text is no IPv4 block, or its address has host bits. */
export function blockOf(text: string): Block | undefined {
    const block = parseBlock(text);
    return block === undefined || hasHostBits(block) ? undefined : block;
}

function parseBlock(text: string): Block | undefined {
    if (!blockPattern.test(text)) {
        return undefined;
    }
    const octets = text.replace(/\/.*/, "").split(".").map(Number);
    const address = octets.reduce((sum, octet) => sum * 256 + octet);
    const bits = Number(text.replace(/.*\//, ""));
    return octets.every((octet) => octet <= 255) && bits <= 32 ? { address, bits } : undefined;
}

const blockSize = ({ bits }: Block): number => 2 ** (32 - bits);

const hasHostBits = (block: Block): boolean => block.address % blockSize(block) !== 0;

/** Undefined unless the text is a block whose address has bits after its prefix. */
function hostBitsMessage(text: unknown): string | undefined {
    const block = typeof text === "string" ? parseBlock(text) : undefined;
    if (block === undefined || !hasHostBits(block)) {
        return undefined;
    }
    const network = block.address - (block.address % blockSize(block));
    const octets = [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256);
    return `must have no host bits after its /${block.bits}: the network is ${octets.join(".")}/${block.bits}`;
}

function isPrivate(text: string): boolean {
    const { address, bits } = blockOf(text) ?? { address: 0, bits: 0 };
    const [one, two] = [Math.floor(address / 2 ** 24), Math.floor(address / 2 ** 16) % 256];
    const isRfc1918 = one === 10 || (one === 172 && two >= 16 && two <= 31) || (one === 192 && two === 168);
    return isRfc1918 && bits >= 16 && bits <= 20;
}
