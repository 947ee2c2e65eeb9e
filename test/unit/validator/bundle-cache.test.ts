import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { bundle, cachedBundle } from "../../../validator/bundle.ts";

let root: string;
const folder = () => join(root, "node_modules/.cache/validator");
const kept = () => readdirSync(folder());

beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "bundle-"));
    cpSync("validator", join(root, "validator"), { recursive: true });
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

test("the cached bundle is the same as a new one", () => {
    expect(cachedBundle(root)).toEqual(bundle(root));
    expect(cachedBundle(root)).toEqual(bundle(root));
    expect(kept()).toHaveLength(1);
});

test("a cached bundle is used, and not built again", () => {
    cachedBundle(root);
    const [file = ""] = kept();
    writeFileSync(join(folder(), file), "kept");
    expect(cachedBundle(root).code).toBe("kept");
});

test("a change of the source builds another bundle", () => {
    const before = cachedBundle(root);
    const source = join(root, "validator/http.ts");
    writeFileSync(source, readFileSync(source, "utf8").replace("16 * 1024", "15 * 1024"));
    expect(cachedBundle(root).hash).not.toBe(before.hash);
    expect(kept()).toHaveLength(2);
});

test("without a writable cache the bundle is still built", () => {
    // A file is in place of the folder.
    writeFileSync(join(root, "node_modules"), "");
    expect(cachedBundle(root)).toEqual(bundle(root));
});
