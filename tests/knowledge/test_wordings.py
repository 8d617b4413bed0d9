"""Wordings by kinds: families in many languages and spellings, the standard's own sentences, words
that end nothing, and what people call servers.
"""

from importlib import resources

import msgspec
import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Cause, Role
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.core.state.phases import Phase
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.reference import explain_codeless, explain_pasted, find_server
from ftpwatch.knowledge.spelling import Spelling
from ftpwatch.knowledge.word_rows import SpellingTable
from knowledge.contexts import Tale

KNOWLEDGE = load()

# As people paste them: with numbers and addresses, misspelt, inflected.
ENGLISH = {
    "too_many_connections_from_address": [
        "421 Too many connections (8) from this IP",
        "421 too many connections from 192.0.2.62",
        "421 Too many connections from 2001:db8::1",
        "421 Too many connections from [2001:db8::1]",
        "421 Too many connections from host-12.example.net",
        "421 Too many conections from your IP adress",
        "421 Too many connexions from this adress.",
        "530 Maximun number of connections for your IP reached",
        "421 Connection limit (5) per IP address exceded",
        "421 Your IP already has too many connections",
        "421 192.0.2.62 has too many connections",
        "421 Only 2 connections per IP allowed",
        "421 Too many simultaneous connections from your host.",
        "530 Sorry, max 3 connections per host already connected.",
        "421 Host limit exceeded for 192.0.2.1",
    ],
    "too_many_connections": [
        "421 5 users (the maximum) are already logged in, sorry",
        "421 12 clients (the maximum) are already connected, sorry",
        "421 Too many conections, try again later",
        "421 (8) too many connections",
        "421 User limit (50) reached.",
        "421 Maximum number of connections exceded (500)",
        "421 Too much users logged in",
        "421 Server full: 50/50 users",
        "421 The server is full.",
        "530 Maximum clients reached",
        "421 Max connections reached",
        "421 Sorry, all 30 slots are in use",
    ],
    "too_many_sessions_for_user": [
        "421 Too many connections for user bob",
        "530 User already logged in too many times",
        "530 Maximum logins for this account exceeded",
        "421 Too many users logged in for this account",
    ],
    "idle_timeout": [
        "421 Idle time-out",
        "421 Idle timout exceded, closing conection",
        "421 Timeout exceded",
        "421 Session inactive, disconnecting",
        "421 You have been inactive for 300 seconds",
        "421 Inactivity timer expired",
        "421 Connection idle too long",
        "421 Disconnecting due to inactivty",
        "421 Timed-out waiting for a command",
        "421 No activity for 10 minutes, bye",
        "421 User time out",
        "421 Control conection timed out",
        "421 Idle timeout (900 seconds): closing control connection.",
    ],
    "session_time_limit": [
        "421 Session time-out (3600 seconds)",
    ],
    "no_transfer_timeout": [
        "421 No-transfer timeout exceeded",
    ],
    "login_timeout": [
        "421 Login time out",
        "421 Login timeout (60 sec)",
    ],
    "server_shutdown": [
        "421 Server is shutting down now.",
        "421 The server is being restarted",
        "421 Service shutdown",
        "421 Service not available",
        "421 Service not available.",
        "421 Service not available, closing control connection",
        "421 Service not available, closing connection.",
    ],
    "login_refused": [
        "530 Login incorrect",
        "530 Invalid login credentials",
        "530 Not logged in.",
        "530 Not logged in",
        "530 User cannot log in.",
        "530 Authentification failed.",
        "530 Autentication failed",
        "530 Invalid pasword",
        "530 User bob unknown",
        "530 Access denied for user bob",
        "430 Invalid username or password",
    ],
    "login_abuse": [
        "421 Too many login failures",
        "421 Your IP has been baned",
        "530 Too many failed login attempts, you are blocked",
        "421 Too many bad passwords",
    ],
    "address_refused": [
        "421 Access from 192.0.2.1 denied",
        "421 Connections from your address are not alowed",
        "530 Not allowed from your address",
        "421 Your IP address is not permitted",
        "550 No connections allowed from your IP",
    ],
    "service_unavailable": [
        "421 Server down for maintanence",
        "421 Service temporarly unavailable",
        "421 Too many open files",
        "421 Out of memory",
    ],
    "tls_required": [
        "530 TLS required",
        "421 You must use TLS",
        "530 Please use FTPS",
        "534 Encryption is required on the control chanel",
        "550 SSL/TLS required on the control channel",
    ],
    "tls_failed": [
        "522 SSL connection failed: session reuse required",
        "425 SSL handshake failed",
        "425 TLS session not resumed",
        "450 TLS session of data connection has not resumed",
    ],
    "data_connection_failed": [
        "425 Can't open data connection.",
        "425 Cannot open data connection",
        "425 Connection timed out",
        "425 ",
        "426 ",
        "425 Failed to establish connection",
        "426 Connection closed; transfer aborted.",
        "426 Failure writing network stream.",
        "500 Illegal PORT command.",
        "501 Illegal PORT command",
        "425 Possible port theft",
        "425 Address does not match",
        "425 No data connection",
        "425 Unable to build data connection: Connection refused",
        "421 Data connection error",
        "451 Data connection timed out",
        "451 Error during read from data connection",
        "421 Can't open passive connection",
        "425 Can't build data connection: Connection refused.",
    ],
    "not_ftp": [
        "421 4.7.0 Try again later, closing connection",
        "421 4.7.0 mail.example.com Too many connections",
        "220 mail.example.com ESMTP Postfix",
        "550 5.7.1 Relaying denied",
        "221 2.0.0 Bye",
        "421 Misdirected Request",
        "400 Bad Request",
        "404 Not Found",
        "503 Service Unavailable",
    ],
    "connection_lost": [
        "421 Service not available, remote server has closed connection",
    ],
    "kicked": [
        "421 You were kicked by the admin",
    ],
    "connection_rate": [
        "421 Too many connections per minute",
        "421 You are connecting too fast",
    ],
}  # fmt: skip
FOREIGN = {
    "idle_timeout": [
        "421 Zeitüberschreitung (300 Sekunden), Verbindung wird getrennt",
        "421 Zeitueberschreitung wegen Inaktivitaet",
        "421 Sie waren zu lange inaktiv",
        "421 Leerlaufzeit überschritten",
        "421 Delai d'inactivite depasse",
        "421 Connexion fermée pour inactivité",
        "421 Délai d’attente dépassé",
        "421 Tiempo de inactividad excedido",
        "421 Tiempo de espera agotado",
        "421 Desconectado por inactividad",
        "421 Tempo di inattività superato",
        "421 Tempo scaduto, chiusura della connessione",
        "421 Tempo limite excedido",
        "421 Sessão encerrada por inatividade",
        "421 Превышено время ожидания",
        "421 Соединение закрыто из-за бездействия",
        "421 连接超时",
        "421 長時間未操作，連線已關閉",
        "421 一定時間操作がなかったため切断しました",
        "421 タイムアウトしました",
    ],
    "too_many_connections": [
        "421 Zu viele Verbindungen",
        "421 Maximale Anzahl von Benutzern erreicht",
        "421 Trop de connexions, réessayez plus tard",
        "421 Nombre maximal d'utilisateurs atteint",
        "421 Demasiadas conexiones",
        "421 Número máximo de usuarios alcanzado",
        "421 Troppe connessioni",
        "421 Numero massimo di connessioni raggiunto",
        "421 Muitas conexões",
        "421 Слишком много подключений",
        "421 Превышено максимальное количество подключений",
        "421 连接数过多",
        "421 用户数已满",
        "421 連線數過多",
        "421 接続が多すぎます",
    ],
    "too_many_connections_from_address": [
        "421 Zuviele Verbindungen (5) von dieser IP-Adresse.",
        "421 Maximale Anzahl Verbindungen pro IP erreicht",
        "421 Trop de connexions (8) depuis cette IP",
        "421 Nombre maximum de connexions par adresse IP atteint",
        "421 Demasiadas conexiones (5) desde esta IP",
        "421 Demasiadas conexiones desde su dirección",
        "421 Troppe connessioni (3) da questo IP",
        "421 Troppe connessioni dal tuo indirizzo",
        "421 Demasiadas ligações deste IP",
        "421 Слишком много соединений с этого адреса",
        "421 Превышен лимит подключений с одного IP",
        "421 您的IP连接数超过限制",
        "421 同一IP連線數過多",
        "421 同じIPアドレスからの接続数が上限を超えました",
        "421 Teveel verbindingen (5) vanaf dit IP",
    ],
    "too_many_sessions_for_user": [
        "530 Zu viele Sitzungen für dieses Konto",
        "530 Trop de sessions pour ce compte",
        "530 Demasiadas sesiones para esta cuenta",
        "530 Troppe sessioni per questo account",
        "530 Muitas sessões para esta conta",
        "530 Слишком много сеансов для данного пользователя",
        "530 该账号登录数已达上限",
        "530 このアカウントのセッション数が多すぎます",
    ],
    "server_shutdown": [
        "421 Server wird heruntergefahren",
        "421 Server wird neu gestartet",
        "421 Redémarrage du serveur",
        "421 Le serveur s'arrête",
        "421 El servidor se reiniciará",
        "421 Servidor apagándose",
        "421 Arresto del server in corso",
        "421 Servidor reiniciando",
        "421 Сервер перезагружается",
        "421 服务器即将关闭",
        "421 伺服器重新啟動",
        "421 サーバーがシャットダウンします",
    ],
    "login_refused": [
        "530 Login fehlgeschlagen",
        "530 Benutzername oder Passwort falsch",
        "530 Échec de l'authentification",
        "530 Mot de passe incorrect",
        "530 Contraseña incorrecta",
        "530 Inicio de sesión fallido",
        "530 Password errata",
        "530 Accesso negato",
        "530 Senha incorreta",
        "530 Login inválido",
        "530 Неверный пароль",
        "530 Ошибка авторизации",
        "530 登录失败",
        "530 密碼錯誤",
        "530 パスワードが違います",
    ],
    "login_abuse": [
        "421 Ihre IP-Adresse wurde gesperrt",
        "421 Zu viele falsche Passwörter",
        "421 Trop de tentatives de connexion",
        "421 Su IP ha sido bloqueada",
        "421 Il tuo IP è stato bloccato",
        "421 Seu IP foi banido",
        "421 Ваш IP заблокирован",
        "421 您的IP已被封禁",
        "421 アクセス禁止になりました",
    ],
    "data_connection_failed": [
        "425 Datenverbindung konnte nicht geöffnet werden",
        "425 Zeitüberschreitung",
        "421 Datenkanal: Zeitüberschreitung",
        "425 Impossible d'établir la connexion de données",
        "451 Error en la conexión de datos",
        "421 Timeout della connessione dati",
        "421 Erro na conexão de dados",
        "421 Тайм-аут соединения данных",
        "421 数据连接超时",
        "425 データコネクションを開けません",
    ],
    "address_refused": [
        "421 Ihre IP-Adresse ist nicht zugelassen",
        "421 Votre adresse n'est pas autorisée",
        "421 Su dirección IP no está autorizada",
        "421 Il tuo indirizzo IP non è consentito",
        "421 Seu endereço IP não está autorizado",
        "421 Ваш адрес не разрешен",
        "421 您的IP不被允许",
        "421 お使いのアドレスからの接続は拒否されました",
    ],
    "service_unavailable": [
        "421 Wartungsarbeiten",
        "421 Serveur en cours de maintenance",
        "421 Servidor en mantenimiento",
        "421 Server in manutenzione",
        "421 Servidor em manutenção",
        "421 Проводятся технические работы",
        "421 系统维护",
        "421 メンテナンス中",
    ],
    "tls_required": [
        "530 TLS ist erforderlich",
        "530 Unverschlüsselte Verbindungen sind nicht erlaubt",
        "530 Chiffrement requis",
        "530 Se requiere una conexión segura",
        "530 Connessione sicura richiesta",
        "530 Conexão segura necessária",
        "530 Необходимо использовать TLS",
        "530 需要TLS加密",
        "530 TLSが必要です",
    ],
    "client_quit": [
        "221 Auf Wiedersehen",
        "221 Au revoir",
        "221 Adiós",
        "221 Arrivederci",
        "221 Adeus",
        "221 До свидания",
        "221 再见",
        "221 さようなら",
    ],
    "login_timeout": [
        "421 Zeitüberschreitung bei der Anmeldung",
        "421 登录超时",
    ],
}  # fmt: skip
# What translated servers put on the wire.
TRANSLATED = {
    "idle_timeout": [
        "421 Zeitüberschreitung",
        "421 Temps de reponse depasse",
        "421 Tempo expirado",
        "421 Истекло время ожидания",
        "421 超时",
        "421 시간 초과",
    ],
    "too_many_connections": [
        "421 900 Benutzer (maximal) sind schon eingeloggt, sorry.",
        "421 900 utilisateurs (le maximum) sont deja connectes, desole",
        "421 900 usuarios (el máximo) están el sistema, lo siento",
        "421 900 usuários (o máximo) já estão conectados, desculpe",
        "421 900 пользователей (это максимум) уже подключились, извините",
        "421 900 使用者(最大值)已经登录，抱歉",
        "421 900 명 (최대 동시 접속 제한)이 이미 접속해 있습니다. 죄송합니다.",
    ],
    "too_many_connections_from_address": [
        "421 Zuviele Verbindungen (900) von dieser IP-Adresse.",
        "421 Trop de connexions (900) depuis cette IP",
        "421 Demasiadas conexiones (900) desde esta IP",
        "421 Conexões demais (900) a partir deste IP",
        "421 Слишком много соединений (900) с этого IP",
        "421 太多连接 (900) 来自这个 IP",
        "421 (900) 로 부터 초과된 접속수",
    ],
    "login_refused": [
        "530 Authentifizierung fehlgeschlagen.",
        "530 l'authentification a echouee",
        "530 Autentificación fallida, lo siento",
        "530 Autenticação falhou, desculpe",
        "530 Авторизация не удалась, извините",
        "530 验证失败，抱歉",
        "530 인증 실패",
    ],
    "too_many_sessions_for_user": [
        "421 Mehr als 900 Verbindungen vom selben Benutzer sind nicht erlaubt.",
        "421 Je ne peux pas accepter plus de 900 connexions du meme utilisateur",
        "421 No puedo aceptar más de 900 conexiones del mismo usuario",
        "421 Não posso aceitar mais do que 900 conexões do mesmo usuário",
        "421 Невозможно использовать больше чем 900 соединений от одного пользователя",
        "421 无法接受来自同一使用者超过 900 的连接数",
        "421 같은 유저로 900 번 이상의 연결을 허용하지 않습니다.",
    ],
    "no_transfer_timeout": [
        "421 Zeitüberschreitung (keine Aktion seit 900 Sekunden).",
        "421 Temps de reponse depasse (aucune action depuis 900 secondes)",
        "421 Timeout (sin realizar operaciones durante 900 segundos)",
        "421 Tempo expirado (nenhuma operação durante 900 segundos)",
        "421 Истекло время ожидания (никаких действий в течение 900 секунд(ы))",
        "421 超时 (已 900 秒无操作)",
        "421 시간초과 (900 동안 작동하지 않음)",
    ],
    "data_connection_failed": [
        "421 Zeitüberschreitung (keine neuen Daten seit 900 Sekunden).",
        "425 Kann keine Datenverbindung zu Port 8 aufbauen.",
        "421 Temps de reponse depasse (aucune donnee depuis 900 secondes)",
        "425 Impossible d'ouvrir une connexion de donnees sur le port 8",
        "421 Timeout (sin nuevos datos durante 900 segundos)",
        "425 No se pudo abrir conexión de datos con el puerto 8",
        "421 Tempo expirado (nenhum dado novo durante 900 segundos)",
        "425 Não foi possível abrir conexão de dados com a porta 8",
        "421 Истекло время ожидания (не поступило данных в течение 900 секунд(ы))",
        "425 Невозможно открыть соединение для данных к порту 8",
        "421 超时 (已 900 秒无新数据)",
        "425 无法开启数据连接到port 8",
        "421 시간초과 (900 초 동안 새로운 데이터를 받지 못함)",
        "425 8 포트로 접속이 불가능",
    ],
    "tls_required": [
        "421 Dieser Server akzeptiert keine unverschlüsselten Verbindungen.",
        "421 Desole, les sessions en clair ne sont pas acceptees sur ce serveur.",
        "421 Lo siento. No se aceptan sesiones sin cifrar en este servidor.",
        "421 Desculpe, sessões sem criptografia não são aceitas neste servidor.",
        "421 Извините, незащищенные подключения запрещены на сервере.",
        "421 抱歉，此服务器不接受明文式连接。",
        "421 Sorry, cleartext sessions are not accepted on this server.",
    ],
}  # fmt: skip
NOTHING = [
    "220 You will be disconnected after 15 minutes of inactivity.",
    "220 Welcome, idle timeout is 300 seconds",
    "230 You are user 3 of 50, maximum 5 connections per IP",
    "331 Too many users soon, password please",
    "150 Opening data connection; timeout 60",
    "200 Session timeout is 300 seconds",
    "211 Session timeout in seconds is 300",
    "226 Closing data connection.",
    "120 Service ready in 5 minutes.",
    "550 Permission denied.",
    "550 No such file or directory.",
    "550 idle.txt: No such file or directory",
    "550 Access is denied.",
    "553 Permission denied",
    "552 Quota exceeded for this user",
    "552 Requested file action aborted. Exceeded storage allocation.",
    "452 Insufficient storage space",
    "451 Requested action aborted: local error in processing",
    "500 'SITE IDLE' not understood",
    "501 Maximum IDLE time must be between 30 and 7200 seconds",
    "501 SITE IDLE: invalid idle time",
    "500 Unknown command.",
    "502 Command not implemented.",
    "503 Login with USER first.",
    "503 You are already logged in as this user",
    "504 Command not implemented for that parameter",
    "550 maximum users.txt: No such file or directory",
    "550 File not found: too many connections from your IP.doc",
    "500 Command 'TIMEOUT' not recognized",
    "550 /in use/server down for maintenance.txt: Not a regular file",
    "350 Restarting at 100. Send STORE or RETRIEVE.",
    "450 File busy",
    "227 Entering Passive Mode (192,0,2,5,234,96)",
    "220 Sie werden nach 15 Minuten Inaktivität getrennt.",
    "550 Zugriff verweigert",
    "550 Datei nicht gefunden",
]
UNDECIDED = [
    "530 ",
    "530 Sorry",
    "421 Goodbye",
    "421 Bye",
    "421 服务器断开连接",
    "421 服务器关闭了连接",
    "421 Verbindung wird geschlossen",
    "421 Fermeture de la connexion",
]


def each(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(reply, cause) for cause, replies in table.items() for reply in replies]


def explained(reply: str, phase: str | None = None, server: str | None = None) -> Explanation:
    table = find_server(server, KNOWLEDGE) if server else None
    at = Phase(phase) if phase else None
    return explain_pasted(int(reply[:3]), reply[4:], at, table, KNOWLEDGE)


def lived(reply: str) -> Explanation:
    """The reply in the midst of a session, or in answer to a password, then a close."""
    code, text, tale = int(reply[:3]), reply[4:], Tale()
    if code in (430, 530, 534):
        tale.opened().greets().asks(1, "PASS", Purpose.LOGIN)
        return tale.says(1.1, code, text, Role.FINAL).told()
    if code == 221:
        tale.ready().asks(5, "QUIT", Purpose.QUIT)
        return tale.says(5.1, code, text, Role.FINAL).closes(5.2, code, solicited=True).told()
    if code not in (421, 425, 426):
        return tale.opened().says(0.1, code, text, Role.GREETING).closes(0.2, code).told()
    return tale.ready().says(7, code, text).closes(7.1, code).told()


def greeted_with(reply: str) -> Explanation:
    code, text = int(reply[:3]), reply[4:]
    return Tale().opened().says(0.1, code, text, Role.GREETING).closes(0.2, code).told()


@pytest.mark.parametrize(("reply", "cause"), [*each(ENGLISH), *each(FOREIGN), *each(TRANSLATED)])
def test_words_have_their_cause_in_any_spelling_and_language(reply: str, cause: str) -> None:
    assert explained(reply).cause == cause


@pytest.mark.parametrize(("reply", "cause"), [*each(FOREIGN), *each(TRANSLATED)])
def test_a_foreign_wording_is_likely_at_most(reply: str, cause: str) -> None:
    assert explained(reply).confidence is not Confidence.CERTAIN
    for told in [lived(reply)] if reply.startswith("221") else [lived(reply), greeted_with(reply)]:
        if told.cause != Cause.CLIENT_QUIT:
            assert told.confidence is not Confidence.CERTAIN


@pytest.mark.parametrize(
    ("reply", "cause"),
    [pair for pair in each(FOREIGN) if pair[0][:3] in ("421", "530")
     and pair[1] not in ("data_connection_failed", "login_timeout")],
)  # fmt: skip
def test_a_watched_session_understands_other_languages_too(reply: str, cause: str) -> None:
    told = lived(reply) if cause in ("idle_timeout", "server_shutdown") else None
    if told is None and reply.startswith("530"):
        told = lived(reply)
    elif told is None:
        told = greeted_with(reply)
    assert told.cause == cause
    assert any("its words are" in words for words in told.against)


@pytest.mark.parametrize("reply", NOTHING)
def test_words_of_limits_count_in_refusals_alone(reply: str) -> None:
    assert explained(reply).cause is None


@pytest.mark.parametrize("reply", UNDECIDED)
def test_words_that_tell_nothing_are_unknown(reply: str) -> None:
    told = explained(reply)
    assert (told.cause, told.confidence) == (Cause.UNKNOWN, Confidence.POSSIBLE)


@pytest.mark.parametrize("row", KNOWLEDGE.sentences, ids=lambda row: row.example)
def test_a_sentence_of_the_standard_names_no_server(row) -> None:  # type: ignore[no-untyped-def]
    for code in row.codes:
        for text in (row.example, row.example.rstrip("."), row.example.upper()):
            for phase in (None, *(p for p in Phase if p not in (Phase.WAITING, Phase.CLOSED))):
                told = explain_pasted(code, text, phase, None, KNOWLEDGE)
                assert told.server is None and told.directive is None
                assert told.cause == row.cause


@pytest.mark.parametrize(
    "reply",
    [
        "421 Service not available",
        "421 Service not available.",
        "421 Service not available, closing control connection",
        "421 Service not available, closing connection.",
    ],
)
def test_service_not_available_is_a_shutdown_at_most_possibly(reply: str) -> None:
    told = explained(reply)
    assert (told.cause, told.confidence) == (Cause.SERVER_SHUTDOWN, Confidence.POSSIBLE)
    assert {"service_unavailable", "login_abuse"} <= {other.cause for other in told.alternatives}
    for watched in (lived(reply), greeted_with(reply)):
        assert watched.confidence is Confidence.POSSIBLE and watched.server is None
        assert watched.cause == Cause.SERVER_SHUTDOWN


def test_what_a_named_server_means_by_it_outranks_the_standard() -> None:
    told = explained("421 Service not available, closing control connection.", server="inetutils")
    assert (told.cause, told.server) == (Cause.LOGIN_ABUSE, "GNU inetutils ftpd")


@pytest.mark.parametrize(
    ("reply", "server", "setting"),
    [
        ("425 Unable to build data connection: Operation not permitted", "ProFTPD",
         "TLSOptions NoSessionReuseRequired"),
        ("425 Unable to build data connection: TLS session of data connection not resumed.",
         "FileZilla Server", None),
        ("522 SSL connection failed: session reuse required", "vsftpd", "require_ssl_reuse"),
    ],
)  # fmt: skip
def test_tls_sessions_that_must_be_resumed_are_told_by_their_server(
    reply: str, server: str, setting: str | None
) -> None:
    told = explained(reply)
    assert (told.cause, told.server, told.directive) == (Cause.TLS_FAILED, server, setting)
    assert "resumes the TLS session" in told.advice.client[0]


@pytest.mark.parametrize(
    ("reply", "step"),
    [
        ("425 Connection timed out", "passive ports must be open"),
        ("500 Illegal PORT command.", "use passive mode"),
        ("425 Possible port theft", "use passive mode"),
        ("421 Could not listen for passive connections: no ports free", "simultaneous transfers"),
        ("425 Can't open data connection.", "check passive ports"),
    ],
)
def test_reasons_of_a_failed_data_connection_have_advice_of_their_own(
    reply: str, step: str
) -> None:
    told = explained(reply)
    assert told.cause == Cause.DATA_CONNECTION_FAILED
    assert step in " ".join(told.advice.client)


@pytest.mark.parametrize("phase", ["greeting", "tls", "login", "ready", "transfer", "quit"])
@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        ("421 No transfer timeout (600 seconds): closing control connection",
         "no_transfer_timeout"),
        ("421 There are too many connections from your internet address.",
         "too_many_connections_from_address"),
        ("530 Login incorrect.", "login_refused"),
        ("530 Invalid login credentials", "login_refused"),
        ("421 Connections from your address are not allowed", "address_refused"),
    ],
)  # fmt: skip
def test_a_phase_takes_nothing_away_from_the_words(reply: str, cause: str, phase: str) -> None:
    told = explained(reply, phase)
    assert told.cause == cause
    assert bool(told.against) <= (told.confidence is Confidence.POSSIBLE)


def test_a_phase_that_does_not_fit_is_told() -> None:
    told = explained("530 Login incorrect.", "ready")
    assert told.against == ("it is said in phase login, and this was ready",)
    assert told.confidence is Confidence.POSSIBLE


def test_a_named_server_keeps_its_name_where_the_words_are_anybodys() -> None:
    told = explained("421 Timeout.", server="ProFTPD")
    assert (told.cause, told.server, told.directive) == ("idle_timeout", "ProFTPD", "TimeoutIdle")


def test_of_two_generations_the_words_decide() -> None:
    told = explained(
        "421 No-transfer-time exceeded. Closing control connection.", None, "FileZilla"
    )
    assert (told.cause, told.server) == ("no_transfer_timeout", "FileZilla Server 0.9")


def test_what_bsd_clients_print_is_a_lost_connection_and_other_clients_words_are_no_reply() -> None:
    reply = "421 Service not available, remote server has closed connection"
    assert explained(reply).cause == lived(reply).cause == Cause.CONNECTION_LOST
    told = explain_codeless("Peer closed connection", KNOWLEDGE)
    assert told is not None and told.cause == Cause.CONNECTION_LOST
    assert explained("421 Connection closed by server, idle timeout").cause == Cause.IDLE_TIMEOUT


def test_a_watched_mail_server_is_no_ftp() -> None:
    assert lived("421 4.7.0 Try again later, closing connection").cause == Cause.NOT_FTP


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Too many conections", "Too many connections"),
        ("time exceded, pasword", "time exceeded, password"),
        ("from 192.0.2.62 and [2001:db8::1]", "from this address and this address"),
        ("from host-1.example.net, bye", "from this address, bye"),
        ("client clients planned address addresses", "client clients planned address addresses"),
        ("at 10:30:15 version 1.2.3 of a.txt", "at 10:30:15 version 1.2.3 of a.txt"),
        ("TLS session not reused, 600 seconds", "TLS session not reused, 600 seconds"),
    ],
)
def test_misspellings_are_mended_and_other_words_are_left(text: str, mended: str) -> None:
    table = (resources.files("ftpwatch.knowledge") / "data" / "spelling.toml").read_bytes()
    spelling = Spelling(msgspec.toml.decode(table, type=SpellingTable))
    assert spelling.mend(text) == mended


def test_every_row_of_other_languages_has_an_example_of_its_own_cause() -> None:
    for family in KNOWLEDGE.families:
        if family.language is not None:
            code = family.codes[0] if family.codes else 421
            phase = Phase(family.phases[0]) if family.phases else None
            assert (
                explain_pasted(code, family.example, phase, None, KNOWLEDGE).cause == family.cause
            )


@pytest.mark.parametrize("most", [5, 100, 900, 12345])
def test_a_number_at_the_beginning_is_no_code(most: int) -> None:
    reply = f"421 {most} users (the maximum) are already logged in, sorry"
    assert explained(reply).server == greeted_with(reply).server == "Pure-FTPd"
    assert explained(reply).cause == greeted_with(reply).cause == Cause.TOO_MANY_CONNECTIONS
