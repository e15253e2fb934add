// The emoji names that bots use most, as characters; a name that is not here stays as it is written.
const TABLE = `
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ no_entry ⛔
no_entry_sign 🚫 warning ⚠️ rotating_light 🚨 octagonal_sign 🛑 hourglass ⌛ hourglass_flowing_sand ⏳ clock1 🕐
alarm_clock ⏰ stopwatch ⏱️ lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 shield 🛡️ link 🔗 mag 🔍 mag_right 🔎
bell 🔔 no_bell 🔕 email ✉️ envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 eyes 👀 tada 🎉 rocket 🚀
large_green_circle 🟢 large_yellow_circle 🟡 large_orange_circle 🟠 red_circle 🔴 large_blue_circle 🔵 white_circle ⚪
black_circle ⚫ information_source ℹ️ question ❓ grey_question ❔ exclamation ❗ grey_exclamation ❕ bulb 💡 gear ⚙️
wrench 🔧 hammer_and_wrench 🛠️ memo 📝 clipboard 📋 page_facing_up 📄 bookmark 🔖 pushpin 📌 paperclip 📎 calendar 📆
date 📅 chart_with_upwards_trend 📈 bar_chart 📊 robot_face 🤖 wave 👋 thumbsup 👍 +1 👍 thumbsdown 👎 -1 👎 clap 👏
raised_hands 🙌 pray 🙏 point_right 👉 point_left 👈 point_up ☝️ point_down 👇 ok_hand 👌 muscle 💪 smile 😄
slightly_smiling_face 🙂 wink 😉 thinking_face 🤔 disappointed 😞 cry 😢 sob 😭 fire 🔥 star ⭐ sparkles ✨ zap ⚡
boom 💥 bug 🐛 construction 🚧 package 📦 recycle ♻️ arrows_counterclockwise 🔄 repeat 🔁 arrow_right ➡️ arrow_left ⬅️
arrow_up ⬆️ arrow_down ⬇️ heavy_plus_sign ➕ heavy_minus_sign ➖ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ cloud ☁️
computer 💻 globe_with_meridians 🌐 house 🏠 office 🏢 bust_in_silhouette 👤 busts_in_silhouette 👥 speech_balloon 💬
heart ❤️ broken_heart 💔 hundred 💯 100 💯 checkered_flag 🏁 traffic_light 🚦 vertical_traffic_light 🚦 seedling 🌱`;

const words = TABLE.trim().split(/\s+/);
export const EMOJI = new Map(words.flatMap((word, i) => (i % 2 ? [] : [[word, words[i + 1]]])));
