// The emoji people and support bots use most; any other name is shown as it was written.

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", eyes: "👀", white_check_mark: "✅",
  heavy_check_mark: "✔️", x: "❌", warning: "⚠️", tada: "🎉", ticket: "🎫", wave: "👋", heart: "❤️",
  fire: "🔥", rocket: "🚀", hourglass: "⌛", hourglass_flowing_sand: "⏳", bulb: "💡", memo: "📝",
  pray: "🙏", raised_hands: "🙌", clap: "👏", smile: "😄", slightly_smiling_face: "🙂", joy: "😂",
  thinking_face: "🤔", sos: "🆘", question: "❓", exclamation: "❗", lock: "🔒", key: "🔑",
  credit_card: "💳", gear: "⚙️", wrench: "🔧", bug: "🐛", books: "📚", link: "🔗", bell: "🔔",
  robot_face: "🤖", speech_balloon: "💬", information_source: "ℹ️", mag: "🔍", clock1: "🕐",
  no_entry: "⛔", no_entry_sign: "🚫", busts_in_silhouette: "👥", bust_in_silhouette: "👤",
  rotating_light: "🚨", large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴",
  inbox_tray: "📥", outbox_tray: "📤", pencil2: "✏️", leftwards_arrow_with_hook: "↩️",
  arrow_right: "➡️", star: "⭐", sparkles: "✨", ok_hand: "👌", 100: "💯", stopwatch: "⏱️",
  speaking_head_in_silhouette: "🗣️", person_raising_hand: "🙋", mute: "🔇", house: "🏠",
  page_facing_up: "📄", package: "📦", computer: "💻", envelope: "✉️", zzz: "💤", repeat: "🔁",
};

export const QUICK = ["eyes", "+1", "white_check_mark", "ticket", "heart", "tada", "pray", "sos"];

export const glyph = (name) => NAMES[name.replace(/::skin-tone-\d$/, "")] ?? `:${name}:`;
