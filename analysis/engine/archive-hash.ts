import { createHash } from "node:crypto";

const block = 512;

/**
 * The hash that Pulumi keeps of an archive of files: the SHA-256 of a tar (POSIX ustar) with the files in the order of their
 * names, each with mode 0600 and no owner or time.
 *
 * A refresh leaves nothing but this hash in the state: the engine sends a provider the hashes of files without their content.
 *
 * @param files content by name; a name has at most 100 bytes
 */
export function archiveHash(files: Readonly<Record<string, string>>): string {
    const hash = createHash("sha256");
    for (const name of Object.keys(files).sort()) {
        const content = Buffer.from(files[name] ?? "");
        hash.update(headerOf(name, content.length));
        hash.update(content);
        hash.update(Buffer.alloc(-content.length & (block - 1)));
    }
    // Two empty blocks end a tar.
    return hash.update(Buffer.alloc(2 * block)).digest("hex");
}

/** Fields of a header in their order, from https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
function headerOf(name: string, size: number): Buffer {
    const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, "0")}\0`;
    const text = (value: string, width: number): string => value.padEnd(width, "\0");
    const withChecksum = (checksum: string): Buffer =>
        Buffer.from(
            [
                text(name, 100),
                ...[octal(0o600, 8), octal(0, 8), octal(0, 8)], // mode, owner, group
                ...[octal(size, 12), octal(0, 12)], // size, time
                ...[checksum, "0", text("", 100)], // a plain file, which links to none
                ...["ustar\0", "00", text("", 32), text("", 32)], // names of owner and group
                ...[octal(0, 8), octal(0, 8)], // device
            ]
                .join("")
                .padEnd(block, "\0"),
        );
    // The sum of all bytes, with spaces in its own place.
    const sum = withChecksum(" ".repeat(8)).reduce((total, byte) => total + byte, 0);
    return withChecksum(`${sum.toString(8).padStart(6, "0")}\0 `);
}
