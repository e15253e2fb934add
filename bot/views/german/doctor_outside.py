"""What the doctor says, in German: found again in its finished English, so that scripts keep reading English.

`{0}`, `{1}` ... are what varies, in the order in which the English has it.
"""

TEXTS: dict[str, str] = {
    "Start the server, and check host, port, user and password in REDIS_URL: `{0} PING`": (
        "Starten Sie den Server und prüfen Sie Host, Port, Benutzer und Passwort in REDIS_URL: `{0} PING`"
    ),
    "The server does not answer ({0}).": "Der Server antwortet nicht ({0}).",
    "The server refuses writes ({0}).": "Der Server nimmt nichts an ({0}).",
    "It is a replica: put the address of its primary into REDIS_URL.": (
        "Er ist ein Replikat: die Adresse seines Primärservers in REDIS_URL setzen."
    ),
    "It is full: give it more memory, or lift the limit: `{0} CONFIG SET maxmemory 0`": (
        "Er ist voll: mehr Speicher geben, oder die Grenze aufheben: `{0} CONFIG SET maxmemory 0`"
    ),
    "Look at the server's log and memory: `{0} INFO persistence`, `{1} INFO memory`": (
        "Sehen Sie Log und Speicher des Servers an: `{0} INFO persistence`, `{1} INFO memory`"
    ),
    "The server does not say what it is.": "Der Server sagt nicht, was er ist.",
    "Ask it: `{0} INFO server`": "Fragen Sie ihn: `{0} INFO server`",
    "{0} is too old.": "{0} ist zu alt.",
    "Move to Redis 7 or Valkey 8, or newer.": "Wechseln Sie zu Redis 7 oder Valkey 8 oder neuer.",
    "A round trip takes {0} ms; a click has three seconds for about four of them.": (
        "Ein Hin und Zurück dauert {0} ms; ein Klick hat drei Sekunden für etwa vier davon."
    ),
    "A round trip takes {0} ms.": "Ein Hin und Zurück dauert {0} ms.",
    "Put the bot near its server, and look for the cause: `{0} --latency-history`": (
        "Stellen Sie den Bot in die Nähe seines Servers und suchen Sie die Ursache: `{0} --latency-history`"
    ),
    "The server does not say whether it keeps an append-only file.": (
        "Der Server sagt nicht, ob er ein Append-only File führt."
    ),
    "Ask its operator; a managed service has a switch for it.": (
        "Fragen Sie den Betreiber; ein verwalteter Dienst hat einen Schalter dafür."
    ),
    "Without an append-only file, a restart of the server loses decisions.": (
        "Ohne Append-only File gehen bei einem Neustart des Servers Entscheidungen verloren."
    ),
    "`{0} CONFIG SET appendonly yes` now, and `appendonly yes` in its configuration file for good.": (
        "Jetzt `{0} CONFIG SET appendonly yes`, und auf Dauer `appendonly yes` in seiner Konfigurationsdatei."
    ),
    "The append-only file is not flushed to disk (appendfsync no).": (
        "Das Append-only File wird nicht auf die Platte geschrieben (appendfsync no)."
    ),
    "`{0} CONFIG SET appendfsync everysec` now, and the same in its configuration file.": (
        "Jetzt `{0} CONFIG SET appendfsync everysec`, und dasselbe in seiner Konfigurationsdatei."
    ),
    "The server does not say its maxmemory-policy.": "Der Server nennt seine maxmemory-policy nicht.",
    "Ask its operator for noeviction.": "Bitten Sie den Betreiber um noeviction.",
    "With maxmemory-policy {0} the server may throw requests away.": (
        "Mit maxmemory-policy {0} darf der Server Anträge wegwerfen."
    ),
    "`{0} CONFIG SET maxmemory-policy noeviction` now, and the same in its configuration file.": (
        "Jetzt `{0} CONFIG SET maxmemory-policy noeviction`, und dasselbe in seiner Konfigurationsdatei."
    ),
    "The way to the server is not encrypted.": "Der Weg zum Server ist nicht verschlüsselt.",
    "Use a rediss:// address in REDIS_URL; inside one private network, know that.": (
        "Nehmen Sie eine rediss://-Adresse in REDIS_URL; innerhalb eines privaten Netzes sollten Sie es "
        "wissen."
    ),
    "The server does not say which user this is.": "Der Server sagt nicht, welcher Benutzer das ist.",
    "The bot is the all-powerful default user.": "Der Bot ist der allmächtige Benutzer default.",
    "`{0}`, then put that user and password into REDIS_URL.": (
        "`{0}`, dann diesen Benutzer und sein Passwort in REDIS_URL eintragen."
    ),
    "Put the whole text that `greenlight keys new` printed into GREENLIGHT_ENCRYPTION_KEYS.": (
        "Tragen Sie den ganzen Text, den `greenlight keys new` ausgab, in GREENLIGHT_ENCRYPTION_KEYS ein."
    ),
    "Stored keys are sealed with {0}, which the key set does not hold.": (
        "Gespeicherte Schlüssel sind mit {0} versiegelt, und das steht nicht im Schlüsselsatz."
    ),
    "Put the old key set back into GREENLIGHT_ENCRYPTION_KEYS; then `greenlight keys rotate`.": (
        "Tragen Sie den alten Schlüsselsatz wieder in GREENLIGHT_ENCRYPTION_KEYS ein; dann `greenlight "
        "keys rotate`."
    ),
    "Others on this machine can read {0} (mode {1}).": (
        "Andere auf dieser Maschine können {0} lesen (Modus {1})."
    ),
    "{0} GiB free for {1}.": "{0} GiB frei für {1}.",
    "Make room, or move the data: `df -h {0}`, GREENLIGHT_DATA_DIR.": (
        "Schaffen Sie Platz oder ziehen Sie mit den Daten um: `df -h {0}`, GREENLIGHT_DATA_DIR."
    ),
    "{0} steps are due and nobody performs them, the first since {1} minutes.": (
        "{0} Schritte sind fällig, und niemand tut sie, der erste seit {1} Minuten."
    ),
    "Start a bot, or look why none works: `greenlight run`": (
        "Starten Sie einen Bot, oder sehen Sie nach, warum keiner arbeitet: `greenlight run`"
    ),
    "{0} steps were given up; the last: {1}": "{0} Schritte wurden aufgegeben; zuletzt: {1}",
    "Mend the cause, then do them again: `greenlight steps retry`": (
        "Beheben Sie die Ursache, dann noch einmal: `greenlight steps retry`"
    ),
    "Allow this machine to reach it (https, port 443): `curl -sSI {0}`": (
        "Lassen Sie diese Maschine dorthin (https, Port 443): `curl -sSI {0}`"
    ),
    "{0}: the certificate is not trusted here; is a TLS-inspecting proxy in between?.": (
        "{0}: Dem Zertifikat wird hier nicht vertraut; ist ein Proxy dazwischen, der TLS aufbricht?"
    ),
    "{0}: no answer in time.": "{0}: keine Antwort in der Zeit.",
    "{0}: no connection.": "{0}: keine Verbindung.",
    "{0} answers with a challenge for browsers.": "{0} antwortet mit einer Prüfung für Browser.",
    "Ask OpenAI to let the egress address pass, or send this traffic past the anonymizing proxy.": (
        "Bitten Sie OpenAI, die Ausgangsadresse durchzulassen, oder leiten Sie diesen Verkehr am "
        "anonymisierenden Proxy vorbei."
    ),
    "{0} answers {1}.": "{0} antwortet {1}.",
    "Wait; it is the provider's trouble.": "Warten Sie; das Problem liegt beim Anbieter.",
    "Requests leave through the proxy {0}; its outer address is what counts.": (
        "Anfragen gehen über den Proxy {0} hinaus; es zählt seine äußere Adresse."
    ),
    "Ask who runs the proxy, and allow-list that address at OpenAI and Netskope.": (
        "Fragen Sie, wer den Proxy betreibt, und geben Sie seine Adresse bei OpenAI und Netskope frei."
    ),
    "This machine has a private address, so what the outside sees is that of its NAT gateway.": (
        "Diese Maschine hat eine private Adresse; draußen zu sehen ist die ihres NAT-Gateways."
    ),
    "Read it off the gateway, or off the sign-in of any probe in OpenAI's audit log (Admin console, "
    "Compliance logs) or in Netskope's (Administration, Audit Log), then allow-list it there.": (
        "Lesen Sie sie am Gateway ab oder an einer Abfrage in OpenAIs Audit Log (Admin console, "
        "Compliance logs) oder in dem von Netskope (Administration, Audit Log), und geben Sie sie dort "
        "frei."
    ),
    "The tenant does not know the token, or it has expired.": (
        "Der Tenant kennt das Token nicht, oder es ist abgelaufen."
    ),
    "In Netskope, Settings, Tools, REST API v2: create a token, put it into NETSKOPE_API_TOKEN (of several "
    "tenants, beside its address in NETSKOPE_TENANTS).": (
        "In Netskope, Settings, Tools, REST API v2: Erzeugen Sie ein Token und tragen Sie es in "
        "NETSKOPE_API_TOKEN ein (bei mehreren Tenants neben der Adresse in NETSKOPE_TENANTS)."
    ),
    "The token may not read it ({0}).": "Das Token darf es nicht lesen ({0}).",
    "In Netskope, give the token's role {0}; check the role's IP allow-list.": (
        "Geben Sie in Netskope der Rolle des Tokens {0}; prüfen Sie die IP-Freigabeliste der Rolle."
    ),
    "No useful answer: {0} ({1}).": "Keine brauchbare Antwort: {0} ({1}).",
    "Without NETSKOPE_API_TOKEN the instance record (E3) and data flow (E5) stay out of reach.": (
        "Ohne NETSKOPE_API_TOKEN bleiben der Eintrag der Instanz (E3) und der Datenfluss (E5) außer "
        "Reichweite."
    ),
    "In Netskope, Settings, Tools, REST API v2: create a token for audit, application and alert events.": (
        "In Netskope, Settings, Tools, REST API v2: Erzeugen Sie ein Token für die Ereignisse audit, "
        "application und alert."
    ),
    "Set it: https://YOUR-TENANT.goskope.com": "Setzen Sie sie: https://YOUR-TENANT.goskope.com",
    "The handshake failed: {0}.": "Die Begrüßung misslang: {0}.",
    "Correct user and password in SMTP_URL (percent-encode special characters in them).": (
        "Berichtigen Sie Benutzer und Passwort in SMTP_URL (Sonderzeichen darin prozentkodiert)."
    ),
    "Use a server with STARTTLS, or smtps://HOST:465, in SMTP_URL.": (
        "Nehmen Sie einen Server mit STARTTLS oder smtps://HOST:465 in SMTP_URL."
    ),
    "Correct the host name in SMTP_URL so that it fits the server's certificate.": (
        "Berichtigen Sie den Hostnamen in SMTP_URL, sodass er zum Zertifikat des Servers passt."
    ),
    "Correct host and port in SMTP_URL, and let this machine reach them: `nc -vz HOST 587`": (
        "Berichtigen Sie Host und Port in SMTP_URL, und lassen Sie diese Maschine dorthin: `nc -vz HOST 587`"
    ),
    "Install it beside the bot, and set what it needs (docs/keys.md): `pip list`, `env | grep -i {0}`": (
        "Installieren Sie ihn neben dem Bot, und setzen Sie, was er braucht (docs/keys.md): `pip list`, "
        "`env | grep -i {0}`"
    ),
    "The token file {0} cannot be read.": "Die Tokendatei {0} lässt sich nicht lesen.",
    "Vault refuses the token {0} (expired, or its policy lacks the right).": (
        "Vault weist das Token ab: {0} (abgelaufen, oder der Policy fehlt das Recht)."
    ),
    "What Vault encrypted it does not decrypt again ({0}).": (
        "Was Vault verschlüsselt hat, entschlüsselt es nicht wieder ({0})."
    ),
    "Start or unseal Vault, or let this machine reach it: `curl -sS {0}/v1/sys/health`": (
        "Starten oder öffnen Sie Vault, oder lassen Sie diese Maschine dorthin: `curl -sS {0}/v1/sys/health`"
    ),
    "Let an agent write it, or do it once: `{0}`": (
        "Lassen Sie einen Agenten sie schreiben, oder einmal: `{0}`"
    ),
    "Write the policy and issue a token for it: `{0}` `{1}`": (
        "Schreiben Sie die Policy und geben Sie ein Token dafür aus: `{0}` `{1}`"
    ),
    "Vault has no Transit key {0} on the mount {1}.": "Vault hat keinen Transit-Schlüssel {0} unter {1}.",
    "Create it: `vault secrets enable -path={0} transit` (if there is no such mount yet), `vault write "
    "-f {1}`": (
        "Legen Sie ihn an: `vault secrets enable -path={0} transit` (wenn es den Mount noch nicht gibt), "
        "`vault write -f {1}`"
    ),
    "The Transit key {0} is not of type aes256-gcm96.": (
        "Der Transit-Schlüssel {0} ist nicht vom Typ aes256-gcm96."
    ),
    "Create another and name it in VAULT_TRANSIT_KEY: `{0}`": (
        "Legen Sie einen anderen an und nennen Sie ihn in VAULT_TRANSIT_KEY: `{0}`"
    ),
    "Look at the key and Vault's log: `{0}`": "Sehen Sie den Schlüssel und das Log von Vault an: `{0}`",
    "{0} is a folder, a link or a device, and is not written to.": (
        "{0} ist ein Ordner, ein Link oder ein Gerät; dorthin wird nicht geschrieben."
    ),
    "`mv {0} {1}`, or name another file in the setting.": (
        "`mv {0} {1}`, oder nennen Sie in der Einstellung eine andere Datei."
    ),
    "{0} cannot be written by this user, so entries wait in the schedule.": (
        "{0} kann dieser Benutzer nicht schreiben, also warten die Einträge."
    ),
    "As root: `{0}`; on a read-only file system, name another place.": (
        "Als root: `{0}`; auf einem schreibgeschützten Dateisystem einen anderen Ort nennen."
    ),
    "The folder of {0} does not exist.": "Den Ordner von {0} gibt es nicht.",
    "{0}: the certificate is not trusted here; entries wait in the schedule.": (
        "{0}: Dem Zertifikat wird hier nicht vertraut; die Einträge warten."
    ),
    "{0}: no answer in time; entries wait in the schedule.": (
        "{0}: keine Antwort in der Zeit; die Einträge warten."
    ),
    "{0}: no connection; entries wait in the schedule.": "{0}: keine Verbindung; die Einträge warten.",
    "{0}: {1}; entries wait in the schedule.": "{0}: {1}; die Einträge warten.",
    "{0} refuses the token (HTTP {1}).": "{0} weist das Token ab (HTTP {1}).",
    "Let this machine reach it: `{0}`": "Lassen Sie diese Maschine dorthin: `{0}`",
    "Put a token it knows into GREENLIGHT_AUDIT_TOKEN: `{0}`": (
        "Tragen Sie ein Token, das er kennt, in GREENLIGHT_AUDIT_TOKEN ein: `{0}`"
    ),
    "Look again: `{0}`": "Sehen Sie noch einmal nach: `{0}`",
}
