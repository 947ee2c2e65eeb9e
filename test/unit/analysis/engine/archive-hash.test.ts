import { expect, test } from "@jest/globals";
import { archiveHash } from "../../../../analysis/engine/archive-hash.ts";

test("an archive without files has Pulumi's hash of an empty one", () => {
    // `IsAssets` in Pulumi's sdk/go/common/resource/archive/archive.go
    expect(archiveHash({})).toBe("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
});

test("files are hashed as GNU tar writes them, in the order of their names, by their bytes", () => {
    // tar --format=ustar --mtime=@0 --numeric-owner --owner=0 --group=0 --mode=0600 -b1 -c data/empty.json handler.mjs
    expect(archiveHash({ "handler.mjs": 'export const handler = () => "grüß";\n', "data/empty.json": "{}" })).toBe(
        "245d1fa567597d9ea72c2fff2c164d4b7eaab98b09377c6528503b0ab10059b3",
    );
});
