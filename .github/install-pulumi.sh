#!/bin/sh
# Installs the release of Pulumi that package.json names, before the job has credentials of AWS: the runner's own one changes with the
# runner, and the one that a command would install comes without a checksum. The archive and its checksum come from two hosts.
set -eu

version=$(node --print 'require("./package.json").dependencies["@pulumi/pulumi"]')
archive="pulumi-v$version-linux-x64.tar.gz"
download() {
    curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$1" "$2"
}

cd "$RUNNER_TEMP"
download "$archive" "https://get.pulumi.com/releases/sdk/$archive"
download checksums.txt "https://github.com/pulumi/pulumi/releases/download/v$version/pulumi-$version-checksums.txt"
grep "  $archive\$" checksums.txt | sha256sum --check --strict
tar -xzf "$archive"
echo "$RUNNER_TEMP/pulumi" >> "$GITHUB_PATH"
