// Session descriptions in the manner of real peers.
#pragma once

namespace solosip::sdp::texts
{

// A home router that is a small exchange: many codecs, fmtp before its rtpmap, RTCP attribute.
inline constexpr char router[] = "v=0\r\n"
                                 "o=user 4127391 4127391 IN IP4 192.168.178.1\r\n"
                                 "s=call\r\n"
                                 "c=IN IP4 192.168.178.1\r\n"
                                 "t=0 0\r\n"
                                 "m=audio 7078 RTP/AVP 9 8 0 2 102 100 99 97 120 121 101\r\n"
                                 "a=sendrecv\r\n"
                                 "a=rtpmap:2 G726-32/8000\r\n"
                                 "a=rtpmap:102 G726-32/8000\r\n"
                                 "a=rtpmap:100 G726-40/8000\r\n"
                                 "a=rtpmap:99 G726-24/8000\r\n"
                                 "a=rtpmap:97 iLBC/8000\r\n"
                                 "a=fmtp:97 mode=30\r\n"
                                 "a=rtpmap:120 PCMA/16000\r\n"
                                 "a=rtpmap:121 PCMU/16000\r\n"
                                 "a=fmtp:101 0-15\r\n"
                                 "a=rtpmap:101 telephone-event/8000\r\n"
                                 "a=rtcp:7079\r\n";

// A PBX: u-law first, events with flash, maxptime.
inline constexpr char pbx[] = "v=0\r\n"
                              "o=- 1702348821 3 IN IP4 198.51.100.20\r\n"
                              "s=PBX\r\n"
                              "c=IN IP4 198.51.100.20\r\n"
                              "t=0 0\r\n"
                              "m=audio 14562 RTP/AVP 0 8 3 96\r\n"
                              "a=rtpmap:0 PCMU/8000\r\n"
                              "a=rtpmap:8 PCMA/8000\r\n"
                              "a=rtpmap:3 GSM/8000\r\n"
                              "a=rtpmap:96 telephone-event/8000\r\n"
                              "a=fmtp:96 0-16\r\n"
                              "a=ptime:20\r\n"
                              "a=maxptime:150\r\n"
                              "a=sendrecv\r\n";

// A softphone: bandwidth, label, ssrc, events at two clock rates, rtcp-mux, ICE.
inline constexpr char softphone[] = "v=0\r\n"
                                    "o=- 3155183427 1024553813 IN IP6 2001:db8::17\r\n"
                                    "s=-\r\n"
                                    "c=IN IP6 2001:db8::17\r\n"
                                    "t=0 0\r\n"
                                    "a=tool:softphone 3\r\n"
                                    "m=audio 40008 RTP/AVP 96 8 0 101 102\r\n"
                                    "b=AS:125\r\n"
                                    "a=rtpmap:96 opus/48000/2\r\n"
                                    "a=fmtp:96 stereo=1;sprop-stereo=1\r\n"
                                    "a=rtpmap:8 PCMA/8000\r\n"
                                    "a=rtpmap:0 PCMU/8000\r\n"
                                    "a=rtpmap:101 telephone-event/48000\r\n"
                                    "a=fmtp:101 0-15\r\n"
                                    "a=rtpmap:102 telephone-event/8000\r\n"
                                    "a=fmtp:102 0-15\r\n"
                                    "a=rtcp:40009 IN IP6 2001:db8::17\r\n"
                                    "a=rtcp-mux\r\n"
                                    "a=sendrecv\r\n"
                                    "a=label:1\r\n"
                                    "a=ptime:20\r\n";

// A traffic generator: no rtpmap, no end of the last line, LF only.
inline constexpr char generator[] = "v=0\n"
                                    "o=user1 53655765 2353687637 IN IP4 127.0.0.1\n"
                                    "s=-\n"
                                    "c=IN IP4 127.0.0.1\n"
                                    "t=0 0\n"
                                    "m=audio 6000 RTP/AVP 0";

// A video phone: audio in the middle of other things.
inline constexpr char video_phone[] =
    "v=0\r\n"
    "o=vp 1 1 IN IP4 203.0.113.5\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "m=video 5004 RTP/AVP 31 97\r\n"
    "c=IN IP4 203.0.113.5\r\n"
    "a=rtpmap:97 H264/90000\r\n"
    "m=audio 5006 RTP/SAVP 8\r\n"
    "c=IN IP4 203.0.113.5\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
    "m=audio 5008 RTP/AVP 18 8 101\r\n"
    "c=IN IP4 203.0.113.6\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=mid:1\r\n"
    "a=candidate:1 1 UDP 2130706431 203.0.113.6 5008 typ host\r\n"
    "m=application 9 UDP/BFCP *\r\n"
    "c=IN IP4 203.0.113.5\r\n"
    "m=image 5010 udptl t38\r\n"
    "c=IN IP4 203.0.113.5\r\n";

} // namespace solosip::sdp::texts
