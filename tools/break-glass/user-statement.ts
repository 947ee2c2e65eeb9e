import { breakGlassUser } from "../../lib/settings/break-glass.ts";
import { passwordVerifier } from "../frame/password-verifier.ts";

/**
 * One statement that creates the database user of the person on call, or gives it this password and the same rights again. It has
 * only what PostgreSQL stores of the password, so that no log has the password.
 */
export function userStatement(password: string): string {
    // The Data API takes a colon and a name for a parameter: `\003A` is a colon, too.
    const verifier = passwordVerifier(password).replaceAll(":", String.raw`\003A`);
    return `DO $user$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${breakGlassUser}') THEN
        CREATE ROLE ${breakGlassUser};
    END IF;
    ALTER ROLE ${breakGlassUser} LOGIN PASSWORD U&'${verifier}';
    ALTER ROLE ${breakGlassUser} SET log_statement = 'all';
    GRANT pg_signal_backend, pg_read_all_stats TO ${breakGlassUser};
END $user$`;
}
