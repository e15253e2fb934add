"""What is wrong with a value somebody typed, in German."""

TEXTS: dict[str, str] = {
    "A Workspace ID has 8-4-4-4-12 digits, of 0-9 and a-f. {where}": (
        "Eine Workspace-ID hat 8-4-4-4-12 Stellen aus 0-9 und a-f. {where}"
    ),
    "A key holds only letters, digits, - and _. Another character slipped in: copy it again.": (
        "Ein Schlüssel enthält nur Buchstaben, Ziffern, - und _. Ein anderes Zeichen ist hineingeraten: "
        "Kopieren Sie ihn noch einmal."
    ),
    "An Organization ID is org- followed by letters and digits. {where}": (
        "Eine Organisations-ID besteht aus org- und Buchstaben und Ziffern. {where}"
    ),
    "Both ids stand side by side at chatgpt.com/admin/settings, under Workspace details.": (
        "Beide IDs stehen nebeneinander unter chatgpt.com/admin/settings, Workspace details."
    ),
    "Choose a name for the instance: it is how the instance is found again later.": (
        "Wählen Sie einen Namen für die Instanz: Daran wird sie später wiedergefunden."
    ),
    "Is the part after the @ mistyped?": "Ist der Teil nach dem @ vertippt?",
    "Is the part after the @ mistyped? Did you mean {meant}?": (
        "Ist der Teil nach dem @ vertippt? Meinten Sie {meant}?"
    ),
    "Part of the id is missing or doubled: it has 8-4-4-4-12 digits. {where}": (
        "Ein Teil der ID fehlt oder ist doppelt: Sie hat 8-4-4-4-12 Stellen. {where}"
    ),
    "Paste only the id: {id}": "Fügen Sie nur die ID ein: {id}",
    "Paste the API key. It begins with sk-.": "Fügen Sie den API-Schlüssel ein. Er beginnt mit sk-.",
    "Paste the Organization ID: OpenAI needs it, and the key must belong to it. {where}": (
        "Fügen Sie die Organisations-ID ein: OpenAI braucht sie, und der Schlüssel muss zu ihr gehören. "
        "{where}"
    ),
    "Paste the Workspace ID. {where}": "Fügen Sie die Workspace-ID ein. {where}",
    "Something is missing before or after the @.": "Vor oder nach dem @ fehlt etwas.",
    "Something stands before the key. Paste the key alone: it begins with sk-.": (
        "Vor dem Schlüssel steht etwas. Fügen Sie nur den Schlüssel ein: Er beginnt mit sk-."
    ),
    "The @ is missing.": "Das @ fehlt.",
    "The part after the @ has no dot, such as .com: is its end missing?": (
        "Der Teil nach dem @ hat keinen Punkt wie in .com: Fehlt das Ende?"
    ),
    "There is a comma in the address: is it meant to be a dot?": (
        "In der Adresse steht ein Komma: Soll es ein Punkt sein?"
    ),
    "There is a dot too many after the @.": "Nach dem @ steht ein Punkt zu viel.",
    "There is a space in the address.": "In der Adresse steht ein Leerzeichen.",
    "There is more than one @: type one address only.": (
        "Es steht mehr als ein @ da: Geben Sie nur eine Adresse ein."
    ),
    "This holds an API key or token. It belongs only in the field API key: remove it here.": (
        "Hier steht ein API-Schlüssel oder Token. Er gehört nur in das Feld API-Schlüssel: Entfernen Sie "
        "ihn hier."
    ),
    "This is a Slack token. Paste the OpenAI key, and treat the Slack token as exposed: replace it.": (
        "Das ist ein Slack-Token. Fügen Sie den OpenAI-Schlüssel ein, und behandeln Sie das Slack-Token "
        "als offengelegt: Ersetzen Sie es."
    ),
    "This is a login session (sess-), not a key. Sign out to end it, and paste an API key: it begins "
    "with sk-.": (
        "Das ist eine Anmeldesitzung (sess-), kein Schlüssel. Melden Sie sich ab, um sie zu beenden, und "
        "fügen Sie einen API-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This is a project ID (it begins with proj_). Paste the Workspace ID. {where}": (
        "Das ist eine Projekt-ID (sie beginnt mit proj_). Fügen Sie die Workspace-ID ein. {where}"
    ),
    "This is a project ID. Paste the API key: it begins with sk-.": (
        "Das ist eine Projekt-ID. Fügen Sie den API-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This is a project ID. The Organization ID begins with org-. {where}": (
        "Das ist eine Projekt-ID. Die Organisations-ID beginnt mit org-. {where}"
    ),
    "This is a tracking ID (key_). Type the {what} as OpenAI's key list shows it.": (
        "Das ist eine Tracking-ID (key_). Tippen Sie diese Angabe wie in OpenAIs Liste der Schlüssel: {what}."
    ),
    "This is a user ID (it begins with user-). Paste the Workspace ID. {where}": (
        "Das ist eine Benutzer-ID (sie beginnt mit user-). Fügen Sie die Workspace-ID ein. {where}"
    ),
    "This is a user ID. The Organization ID begins with org-. {where}": (
        "Das ist eine Benutzer-ID. Die Organisations-ID beginnt mit org-. {where}"
    ),
    "This is an Admin key (sk-admin-): OpenAI Support grants nothing to it. Choose the route Workspace "
    "Admin key above, or paste an API Platform key.": (
        "Das ist ein Admin-Schlüssel (sk-admin-): OpenAI Support gibt ihm nichts. Wählen Sie oben den "
        "Weg Workspace-Admin-Schlüssel, oder fügen Sie einen API-Platform-Schlüssel ein."
    ),
    "This is an Anthropic key (sk-ant-). ChatGPT Enterprise needs a key made at OpenAI.": (
        "Das ist ein Anthropic-Schlüssel (sk-ant-). ChatGPT Enterprise braucht einen Schlüssel von OpenAI."
    ),
    "This is an address, not the id. Open it and copy the Workspace ID. {where}": (
        "Das ist eine Adresse, nicht die ID. Öffnen Sie sie und kopieren Sie die Workspace-ID. {where}"
    ),
    "This is an address. If it is your workspace's, paste only the id in it: {id}": (
        "Das ist eine Adresse. Wenn es die Ihres Workspace ist, fügen Sie nur die ID darin ein: {id}"
    ),
    "This is an address. Paste only the id that begins with org-. {where}": (
        "Das ist eine Adresse. Fügen Sie nur die ID ein, die mit org- beginnt. {where}"
    ),
    "This is an address. Paste the key itself: it begins with sk-.": (
        "Das ist eine Adresse. Fügen Sie den Schlüssel selbst ein: Er beginnt mit sk-."
    ),
    "This is an e-mail address. Paste the API key: it begins with sk-.": (
        "Das ist eine E-Mail-Adresse. Fügen Sie den API-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This is an e-mail address. Paste the Workspace ID. {where}": (
        "Das ist eine E-Mail-Adresse. Fügen Sie die Workspace-ID ein. {where}"
    ),
    "This is an e-mail address. The Organization ID begins with org-. {where}": (
        "Das ist eine E-Mail-Adresse. Die Organisations-ID beginnt mit org-. {where}"
    ),
    "This is an empty placeholder, all zeros. Paste the real one. {where}": (
        "Das ist ein leerer Platzhalter, lauter Nullen. Fügen Sie die echte ID ein. {where}"
    ),
    "This is not a plain e-mail address: use unaccented letters, digits and . _ - + only.": (
        "Das ist keine einfache E-Mail-Adresse: Verwenden Sie nur Buchstaben ohne Akzente, Ziffern und . "
        "_ - +."
    ),
    "This is not an Admin key: those begin with sk-admin- and are made at admin.openai.com > "
    "Credentials > Admin keys. Paste one, or choose the route API Platform key above.": (
        "Das ist kein Admin-Schlüssel: Die beginnen mit sk-admin- und werden unter admin.openai.com > "
        "Credentials > Admin keys gemacht. Fügen Sie einen ein, oder wählen Sie oben den Weg "
        "API-Platform-Schlüssel."
    ),
    "This is not an OpenAI key: those begin with sk-. Paste the whole key.": (
        "Das ist kein OpenAI-Schlüssel: Die beginnen mit sk-. Fügen Sie den ganzen Schlüssel ein."
    ),
    "This is the ID of a GPT or a project in ChatGPT. Paste the Workspace ID. {where}": (
        "Das ist die ID eines GPT oder eines Projekts in ChatGPT. Fügen Sie die Workspace-ID ein. {where}"
    ),
    "This is the Organization ID (it begins with org-). Paste the Workspace ID. {where}": (
        "Das ist die Organisations-ID (sie beginnt mit org-). Fügen Sie die Workspace-ID ein. {where}"
    ),
    "This is the Organization ID. Paste the API key: it begins with sk-.": (
        "Das ist die Organisations-ID. Fügen Sie den API-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This is the shortened form that lists show after a key was made. Paste the whole key: it is shown "
    "only once, when it is created. If nobody kept it, create a new one.": (
        "Das ist die gekürzte Form, die Listen nach dem Erstellen zeigen. Fügen Sie den ganzen Schlüssel "
        "ein: Er wird nur einmal gezeigt, beim Erstellen. Hat ihn niemand aufbewahrt, erstellen Sie "
        "einen neuen."
    ),
    "This is the tracking ID of a key (key_), not the key. Paste the key itself: it begins with sk-.": (
        "Das ist die Tracking-ID eines Schlüssels (key_), nicht der Schlüssel. Fügen Sie den Schlüssel "
        "selbst ein: Er beginnt mit sk-."
    ),
    "This is the tracking ID of an API key (key_). Paste the Workspace ID. {where}": (
        "Das ist die Tracking-ID eines API-Schlüssels (key_). Fügen Sie die Workspace-ID ein. {where}"
    ),
    "This is the tracking ID of an API key. The Organization ID begins with org-. {where}": (
        "Das ist die Tracking-ID eines API-Schlüssels. Die Organisations-ID beginnt mit org-. {where}"
    ),
    "The key was pasted twice. Paste it once.": "Der Schlüssel steht zweimal da. Fügen Sie ihn einmal ein.",
    "This is too long for one key: was something else pasted with it, or the key twice?": (
        "Das ist zu lang für einen Schlüssel: Wurde etwas anderes mit eingefügt, oder der Schlüssel doppelt?"
    ),
    "This key is too short: the end was cut off. Copy the whole key again.": (
        "Dieser Schlüssel ist zu kurz: Das Ende wurde abgeschnitten. Kopieren Sie den ganzen Schlüssel "
        "noch einmal."
    ),
    "This looks like a Netskope token. Paste the OpenAI key: it begins with sk-.": (
        "Das sieht aus wie ein Netskope-Token. Fügen Sie den OpenAI-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This looks like a sign-in token of a browser or of Netskope. Paste the OpenAI key: it begins with "
    "sk-.": (
        "Das sieht aus wie ein Anmelde-Token eines Browsers oder von Netskope. Fügen Sie den "
        "OpenAI-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This looks like the ID of a Slack workspace. Paste ChatGPT's. {where}": (
        "Das sieht aus wie die ID eines Slack-Workspace. Fügen Sie die von ChatGPT ein. {where}"
    ),
    "This looks like the ID of an Anthropic workspace. Paste the one of ChatGPT Enterprise. {where}": (
        "Das sieht aus wie die ID eines Anthropic-Workspace. Fügen Sie die von ChatGPT Enterprise ein. "
        "{where}"
    ),
    "This looks like the Workspace ID. Paste the API key: it begins with sk-.": (
        "Das sieht aus wie die Workspace-ID. Fügen Sie den API-Schlüssel ein: Er beginnt mit sk-."
    ),
    "This looks like the Workspace ID. The Organization ID begins with org-. {where}": (
        "Das sieht aus wie die Workspace-ID. Die Organisations-ID beginnt mit org-. {where}"
    ),
    "This looks like the placeholder of a guide. Paste your own Workspace ID. {where}": (
        "Das sieht aus wie der Platzhalter einer Anleitung. Fügen Sie Ihre eigene Workspace-ID ein. {where}"
    ),
    "This name is too long: at most 64 characters.": "Dieser Name ist zu lang: höchstens 64 Zeichen.",
    "This {what} is too long: at most 100 characters.": (
        "Diese Angabe ist zu lang ({what}): höchstens 100 Zeichen."
    ),
    "Type the administrator's e-mail address: notices go to it, and OpenAI answers to it.": (
        "Geben Sie die E-Mail-Adresse des Administrators ein: Benachrichtigungen gehen an sie, und "
        "OpenAI antwortet an sie."
    ),
    "Use letters without accents, digits, spaces and . _ - only, with a letter or digit at both ends.": (
        "Verwenden Sie nur Buchstaben ohne Akzente, Ziffern, Leerzeichen und . _ - sowie einen "
        "Buchstaben oder eine Ziffer an beiden Enden."
    ),
}
