# Sourced by scripts/restore, after environment.sh. `scans ARGS…` installs what reads scans if one
# of the arguments is a scan and something is missing; if that fails, restore says what to do.
# shellcheck shell=sh disable=SC2154

scans_given() {
    for scan_try in "$@"; do
        case $scan_try in
            *.[pP][nN][gG] | *.[jJ][pP][gG] | *.[jJ][pP][eE][gG] | *.[tT][iI][fF] | *.[tT][iI][fF][fF] | *.[wW][eE][bB][pP] | *.[bB][mM][pP])
                [ ! -f "$scan_try" ] || return 0
                ;;
            *)
                [ ! -d "$scan_try" ] || ! scans_given "$scan_try"/* || return 0
                ;;
        esac
    done
    return 1
}

scans_ready() {
    command -v tesseract >/dev/null || return 1
    tesseract --list-langs 2>/dev/null | grep -qx heb || return 1
    "$env_python" -c 'import cv2' 2>/dev/null
}

scans() {
    if ! scans_given "$@" || scans_ready; then return 0; fi
    set -- tesseract-ocr tesseract-ocr-heb tesseract-ocr-yid tesseract-ocr-ara tesseract-ocr-fas \
        tesseract-ocr-script-hebr libgl1 libglib2.0-0
    if command -v apt-get >/dev/null; then
        set -- env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    elif command -v dnf >/dev/null; then
        set -- dnf install -y tesseract tesseract-langpack-heb tesseract-langpack-yid \
            tesseract-langpack-ara tesseract-langpack-fas mesa-libGL glib2
    elif command -v brew >/dev/null; then
        set -- brew install tesseract tesseract-lang
    else
        return 0
    fi
    if [ "$1" != brew ] && [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then return 0; fi
        # Where nobody can be asked for a password, only one who needs none may install.
        if [ -t 0 ]; then set -- sudo "$@"; else set -- sudo -n "$@"; fi
    fi
    env_say "scans need Tesseract, its models and what OpenCV needs: $*"
    "$@" >&2 || env_say "could not install them"
}
